"""What goes back when something is wrong: Google's envelope, always with details."""

from typing import Any

Json = dict[str, Any]
_ERROR = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
_STATUS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """An answer that is an error.

    Args:
        code: HTTP status.
        message: For people; quotes no comment.
        details: Google's error details, at least one: clients read the first.
        retry_after_s: Seconds after which trying again makes sense; None says nothing.
    """

    def __init__(
        self, code: int, message: str, *details: Json, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details or (error_info(_STATUS.get(code, "UNKNOWN")),)
        self.retry_after_s = retry_after_s

    def body(self) -> Json:
        """Return the envelope."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "status": _STATUS.get(self.code, "UNKNOWN"),
                "details": list(self.details),
            }
        }


def error_info(reason: str, domain: str = "googleapis.com", **metadata: str) -> Json:
    """Return a google.rpc.ErrorInfo."""
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    return {"@type": kind, "reason": reason, "domain": domain, "metadata": metadata}


def refusal(error_type: str, message: str, **more: Json) -> ApiError:
    """Return a 400 of the API's own kind."""
    return ApiError(400, message, {"@type": _ERROR, "errorType": error_type, **more})


def quota_error(project: int, per_minute: int) -> ApiError:
    """Return Perspective's 429 for a key that asked more often than it may."""
    service = "commentanalyzer.googleapis.com"
    metric = "Analysis requests (AnalyzeComment)"
    message = (
        f"Quota exceeded for quota metric '{metric}' and limit '{metric} per minute' "
        f"of service '{service}' for consumer 'project_number:{project}'."
    )
    info = error_info(
        "RATE_LIMIT_EXCEEDED",
        quota_limit_value=str(per_minute),
        quota_limit="AnalyzeRequestsPerMinutePerProject",
        consumer=f"projects/{project}",
        service=service,
        quota_location="global",
        quota_metric=f"{service}/analyze_requests",
    )
    link = {
        "description": "Ask for a higher limit: moderation keys add --per-minute",
        "url": "/v1/docs",
    }
    help_ = {"@type": "type.googleapis.com/google.rpc.Help", "links": [link]}
    return ApiError(429, message, info, help_, retry_after_s=max(1, 60 // max(1, per_minute)))


def invalid_field(field: str, must: str) -> ApiError:
    """Return Google's answer to a field of the wrong kind; the value stays unsaid."""
    message = f"Invalid value at '{field}': {must}"
    violation = {"field": field, "description": message}
    kind = "type.googleapis.com/google.rpc.BadRequest"
    return ApiError(400, message, {"@type": kind, "fieldViolations": [violation]})
