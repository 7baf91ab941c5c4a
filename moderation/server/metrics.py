"""What ``/metrics`` tells Prometheus: times, batches, the queue, how scores are spread."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from moderation.workers import Pool

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
_ROWS = (1, 2, 4, 8, 16)
_TENTHS = tuple(tenth / 10 for tenth in range(1, 11))


class Metrics:
    """Counters of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "moderation_request_seconds",
            "Time to answer a request, by route and status.",
            ("route", "status"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._scores = Histogram(
            "moderation_score",
            "Scores given, by attribute.",
            ("attribute",),
            buckets=_TENTHS,
            registry=self._registry,
        )
        self._by_attribute: dict[str, Histogram] = {}
        self._batches = Histogram(
            "moderation_batch_rows",
            "Comments scored together.",
            buckets=_ROWS,
            registry=self._registry,
        )
        self._shed = Counter(
            "moderation_shed_total", "Comments refused or given up.", registry=self._registry
        )
        self._depth = Gauge(
            "moderation_queue_depth", "Comments that wait to be scored.", registry=self._registry
        )

    def watch(self, pool: Pool) -> None:
        """Tell of this pool, too: its queue, its processes."""
        self._depth.set_function(lambda: pool.depth)
        self._registry.register(_Memory(pool))

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(route, str(status)).observe(seconds)

    def scored(self, scores: Mapping[str, float]) -> None:
        """Count one comment's scores."""
        for name, value in scores.items():
            if name not in self._by_attribute:
                self._by_attribute[name] = self._scores.labels(name)
            self._by_attribute[name].observe(value)

    def shed(self) -> None:
        """Count one comment that was not scored for want of time."""
        self._shed.inc()

    def batch(self, rows: int) -> None:
        """Count comments that were scored together."""
        self._batches.observe(rows)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)


class _Memory(Collector):
    """Resident memory of the server and of each scoring process, where the system tells it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            "moderation_resident_bytes", "Resident memory.", labels=["process"]
        )
        named = {
            "server": "self",
            **{f"scoring-{n}": str(p) for n, p in enumerate(self._pool.pids)},
        }
        for name, pid in named.items():
            resident = _resident_bytes(pid)
            if resident is not None:
                family.add_metric([name], resident)
        yield family


def _resident_bytes(pid: str) -> int | None:
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:  # noqa: PTH123 - no real file
            return int(file.read().split()[1]) * 4096
    except (OSError, ValueError, IndexError):
        return None
