"""The records model: which group of look-alike elements is a page's comments, if any.

A page is a choice between its groups and "no comments here". The model is a conditional
logistic regression on the groups' signs (``moderation.extractors.judging``): each group's odds
are a weighted sum, "no comments" has odds 0, and a page's loss is the surprise at what is right.
Which signs speak for comments and which against is laid down; how much they say is learnt.
A group is as right as its records are the page's comments: one comment each, with its writer.

Trained on ``pages`` (real pages with gold threads, see ``docs/models/records.md``) and, in a
checkout, on the golden pages of the tests. Figures are cross-validated: every real page is read
by weights that were fitted without its site.
"""

import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from moderation import extractors
from moderation.errors import InputError
from moderation.extractors.document import Document
from moderation.extractors.evidence import Evidence, evidence_of
from moderation.extractors.groups import Group, groups
from moderation.extractors.judging import AGAINST, SIGNS, Weights, signs_of
from moderation.extractors.records import RecordsExtractor
from moderation.extractors.tallies import enclosing
from moderation.schema import Page
from moderation.training.invented import invent

Floats = NDArray[np.float64]
Report = Callable[[str, float], None]

L2 = 0.001
"""Penalty per page on the squared weights; from 0.0005 to 0.004 the figures stay the same."""
INVENTED = 400
"""How many pages are made up."""
INVENTED_WEIGHT = 0.25
"""What an invented page counts beside a real one."""
LAYOUT = "1"
"""Part of the version: changes with what the signs mean."""
_GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
_LEAST_RIGHT = 0.3
"""A page on which no group is as right as this teaches nothing."""
_SAME = 0.9
"""Two texts are the same comment from this F1 of their bags of words on, as in the scoring."""
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Case:
    """One page to learn from.

    Args:
        site: Pages of a site are left out together.
        page: The page.
        gold: Its comments, ``author`` and ``text`` each.
        ignore: Texts that are neither right nor wrong to return.
        weight: How much it counts.
        is_real: Whether figures are taken on it.
        signs: (groups, signs).
        right: (groups,) how right each group is, in [0, 1].
    """

    site: str
    page: Page
    gold: Sequence[Mapping[str, Any]]
    ignore: Sequence[str]
    is_real: bool
    weight: float
    signs: Floats
    right: Floats


def fit(pages: Path, output: Path, report: Report) -> str:
    """Fit on all pages, cross-validate by site, write ``<output>/records``.

    Args:
        pages: Folder of ``NAME.html[.gz]`` and ``NAME.gold.json``.
        output: Folder of the packaged models.
        report: Told the step and how much is done.

    Returns:
        The version of the model.

    Raises:
        InputError: There are no such pages.
    """
    cases = list(_cases(pages, report))
    learnt = fit_weights(cases)
    sites = sorted({case.site for case in cases if case.is_real})
    fitted, held_out = Counter[str](), Counter[str]()
    for done, site in enumerate(sites):
        report(f"cross-validating {site}", done / len(sites))
        others = fit_weights([case for case in cases if case.site != site])
        for case in cases:
            if case.site == site:
                fitted += _counts(case, learnt)
                held_out += _counts(case, others)
    figures = {"fitted": _figures(fitted), "left out": _figures(held_out)}
    return _write(output / "records", learnt, cases, figures)


def fit_weights(cases: Sequence[Case]) -> Weights:
    """Fit the weights by L-BFGS from zero: the same pages give the same bits."""
    useful = [case for case in cases if not case.gold or case.right.max(initial=0) >= _LEAST_RIGHT]
    none = np.zeros((1, len(SIGNS) + 1))  # "no comments here": a choice without signs
    choices = np.concatenate(
        [part for case in useful for part in (np.insert(case.signs, 0, 1.0, axis=1), none)]
    )
    right = np.concatenate([np.append(case.right**3, float(not case.gold)) for case in useful])
    sizes = np.array([len(case.signs) + 1 for case in useful])
    starts = np.cumsum(sizes) - sizes
    page_weights = np.array([case.weight for case in useful])
    penalty = np.append(0.0, np.full(len(SIGNS), L2 * page_weights.sum()))

    def loss(point: Floats) -> tuple[float, Floats]:
        odds = choices @ point
        shares = np.exp(odds - np.repeat(np.maximum.reduceat(odds, starts), sizes))
        every = np.add.reduceat(shares, starts)
        good = np.add.reduceat(shares * right, starts) + _TINY
        pull = shares * np.repeat(page_weights / every, sizes)
        pull -= shares * right * np.repeat(page_weights / good, sizes)
        value = page_weights @ (np.log(every) - np.log(good)) + 0.5 * penalty @ point**2
        return float(value), pull @ choices + penalty * point

    bounds = [(None, None), *((None, 0) if name in AGAINST else (0, None) for name in SIGNS)]
    start = np.zeros(len(SIGNS) + 1)
    point = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return {name: round(float(one), 3) for name, one in zip(("bias", *SIGNS), point, strict=True)}


# -- Cases -------------------------------------------------------------------------------------


def _cases(pages: Path, report: Report) -> Iterator[Case]:
    golds = sorted(pages.glob("*.gold.json"))
    if not golds:
        raise InputError(str(pages), "no *.gold.json there; expected pages with gold threads")
    found = [(gold, gold.name.removesuffix(".gold.json"), True) for gold in golds]
    found += [(gold, gold.stem, False) for gold in sorted(_GOLDEN.glob("*/*.json"))]
    for done, (gold, name, is_real) in enumerate(found):
        report(f"reading {name}", done / len(found))
        paths = (gold.with_name(name + end) for end in (".html", ".html.gz"))
        for path in filter(Path.is_file, paths):
            yield _case(path, json.loads(gold.read_text(encoding="utf-8")), is_real=is_real)
    for seed in range(INVENTED):
        report("inventing pages", seed / INVENTED)
        made = invent(seed)
        page = Page(f"invented-{seed}.html", made.body)
        yield make_case("invented", page, {"comments": made.comments}, is_real=False)


def _case(path: Path, gold: Mapping[str, Any], *, is_real: bool) -> Case:
    body = path.read_bytes()
    page = Page(path.name, gzip.decompress(body) if path.suffix == ".gz" else body)
    site = f"{path.parent.name}/{path.stem}"
    if is_real:
        site = path.name.partition(".")[0]
    return make_case(site, page, gold, is_real=is_real)


def make_case(site: str, page: Page, gold: Mapping[str, Any], *, is_real: bool) -> Case:
    """Find the groups of a page, their signs and how right they are."""
    evidence = evidence_of(Document(page))
    comments = gold["comments"]
    places = _places(evidence, [one["text"] for one in comments])
    rows: dict[tuple[float, ...], float] = {}
    for group in groups(evidence):
        signs = signs_of(evidence, group)
        if signs is not None:
            row = tuple(signs[name] for name in SIGNS)
            rows[row] = max(rows.get(row, 0.0), _right(evidence, group, places, comments))
    return Case(
        site=site,
        page=page,
        gold=comments,
        ignore=[one["text"] for one in gold.get("ignore", ())],
        is_real=is_real,
        weight=INVENTED_WEIGHT if site == "invented" else 1.0,
        signs=np.array(list(rows), dtype=np.float64).reshape(-1, len(SIGNS)),
        right=np.array(list(rows.values())),
    )


_WORD = re.compile(r"\w")


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text)).casefold()


def _places(evidence: Evidence, texts: Sequence[str]) -> list[tuple[int, int] | None]:
    """Find each comment on the page: the pieces with its first and its last letter."""
    parts, starts = [], []
    length = 0
    for piece in evidence.outline.pieces:
        starts.append(length)
        parts.append(_letters(piece))
        length += len(parts[-1])
    page = "".join(parts)
    ends = np.array(starts)
    at = 0
    places: list[tuple[int, int] | None] = []
    for text in texts:
        said = _letters(text)
        found = page.find(said, at)
        found = page.find(said) if found < 0 else found
        if found < 0 or not said:
            places.append(None)
            continue
        at = found + len(said)
        first = int(np.searchsorted(ends, found, side="right")) - 1
        places.append((first, int(np.searchsorted(ends, at - 1, side="right")) - 1))
    return places


def _right(
    evidence: Evidence,
    group: Group,
    places: Sequence[tuple[int, int] | None],
    comments: Sequence[Mapping[str, Any]],
) -> float:
    """Return the F1 of a group's records against the page's comments.

    A record that holds one comment counts fully if it holds the writer's name too and little
    else, half without the name; one that holds several counts nothing.
    """
    if not comments:
        return 0.0
    outline = evidence.outline
    spans = [outline.span(*one) for one in group.records]
    held: list[list[int]] = [[] for _ in spans]
    around = dict(enclosing(group.records))
    order = sorted(range(len(spans)), key=lambda at: spans[at][1] - spans[at][0])
    for number, place in enumerate(places):
        if place is not None:
            inner = next(
                (at for at in order if spans[at][0] <= place[0] and place[1] < spans[at][1]), None
            )
            if inner is not None:
                held[inner].append(number)
    sizes = [outline.length[stop] - outline.length[start] for start, stop in spans]
    own = list(sizes)
    for inner, outer in around.items():
        own[outer] -= sizes[inner]
    total = 0.0
    for span, numbers, size in zip(spans, held, own, strict=True):
        if len(numbers) == 1:
            comment = comments[numbers[0]]
            author = _letters(comment.get("author") or "")
            shown = _letters("".join(outline.pieces[span[0] : span[1]]))
            excess = max(size - len(comment["text"]) - _BESIDE_CHARS, 0) / max(size, 1)
            total += (1.0 if author in shown else 0.5) * (1.0 - excess)
    return 2 * total / (len(spans) + len(comments))


_BESIDE_CHARS = 300
"""What may stand beside the words in a record: name, rank, date, buttons, signature."""


# -- Figures -----------------------------------------------------------------------------------


def _counts(case: Case, learnt: Weights) -> Counter[str]:
    """Read a page with the given weights and compare its comments with gold."""
    found = extractors.extract(case.page, (RecordsExtractor(learnt),)).comments
    left = [bag_of_words(one.text) for one in found]
    topics = [bag_of_words(text) for text in case.ignore]
    matched = 0
    for comment in case.gold:
        bags = [bag_of_words(text) for text in (comment["text"], *comment.get("text_alt", ()))]
        at = next((at for at, bag in enumerate(left) if same_words(bag, bags)), None)
        if at is not None:
            matched += 1
            del left[at]
    spurious = sum(not same_words(bag, topics) for bag in left)
    counts = Counter(gold=len(case.gold), matched=matched, predicted=matched + spurious)
    if case.gold:
        counts.update(pages=1, page_f1=round(1e6 * _f1(counts)))
    else:
        counts.update(empty_pages=1, phantoms=spurious, phantom_pages=int(spurious > 0))
    return counts


def bag_of_words(text: str) -> Counter[str]:
    """Return the words of a text; of scripts without spaces, the letters."""
    return Counter(
        re.findall(
            r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+", text.casefold()
        )
    )


def same_words(bag: Counter[str], others: Sequence[Counter[str]]) -> bool:
    """Tell whether a text has nearly the words of one of the others: F1 of the bags."""
    return any(
        2 * (bag & other).total() >= _SAME * (bag.total() + other.total()) for other in others
    )


def _f1(counts: Mapping[str, int]) -> float:
    return 2 * counts["matched"] / max(counts["gold"] + counts["predicted"], 1)


def _figures(counts: Counter[str]) -> dict[str, float | int]:
    return {
        "f1": round(_f1(counts), 4),
        "macro_f1": round(counts["page_f1"] / 1e6 / max(counts["pages"], 1), 4),
        **{name: counts[name] for name in ("pages", "empty_pages", "phantoms", "phantom_pages")},
    }


# -- Writing -----------------------------------------------------------------------------------

_CARD = """
# records: `{version}`

Tells which group of look-alike elements on a page is its comments, if any: for pages of no known
platform. A conditional logistic regression over {signs} signs of a group (`SIGNS` in
`moderation/extractors/judging.py` says what each is); odds above 0 mean comments.

**For**: finding comment threads on pages the platform modules do not know. **Limits**: a thread
needs names or dates, or reply buttons, to be told from other lists; undated single comments
without telling class names are missed; lists of short signed notes (release notes, quotations)
can be taken for comments.

## Data

{pages} real pages of as many sites with gold threads (not in this package), {golden} golden pages
of this repository and {invented} invented ones (`moderation/training/invented.py`), which count
{invented_weight} each.

## Figures

Comment F1 of the general method alone on the real pages; a comment is found when the F1 of the
bags of words is at least 0.9. "Left out": read by weights fitted without the page's site.

| | F1, micro | F1, mean of pages | pages with comments | without | phantom comments there |
|---|---:|---:|---:|---:|---:|
{rows}

## Weights

| sign | log-odds | what it says |
|---|---:|---|
{weights}
"""


def _write(folder: Path, learnt: Weights, cases: Sequence[Case], figures: Mapping[str, Any]) -> str:
    """Write weights, manifest and card; returns the version."""
    folder.mkdir(parents=True, exist_ok=True)
    content = (json.dumps(learnt, indent=1) + "\n").encode()
    digest = hashlib.sha256(content).hexdigest()
    version = f"records-{LAYOUT}-{digest[:8]}"
    real = hashlib.sha256(b"".join(case.page.body for case in cases if case.is_real)).hexdigest()
    counts = Counter("pages" if one.is_real else one.site.partition("/")[0] for one in cases)
    invented = counts["invented"]
    golden = len(cases) - counts["pages"] - invented
    manifest = {
        "format": 1,
        "name": "records",
        "version": version,
        "files": {"weights.json": {"sha256": digest, "bytes": len(content)}},
        "settings": {"l2": L2, "invented_weight": INVENTED_WEIGHT},
        "data": {"pages": counts["pages"], "sha256": real, "golden": golden, "invented": invented},
        "metrics": figures,
    }
    rows = [
        f"| {name} | {one['f1']:.3f} | {one['macro_f1']:.3f} | {one['pages']} |"
        f" {one['empty_pages']} | {one['phantoms']} |"
        for name, one in figures.items()
    ]
    weights = [
        f"| `{name}` | {weight:+.2f} | {SIGNS.get(name, 'every group')} |"
        for name, weight in learnt.items()
    ]
    card = _CARD.strip().format(
        version=version,
        signs=len(SIGNS),
        pages=counts["pages"],
        golden=golden,
        invented=invented,
        invented_weight=INVENTED_WEIGHT,
        rows="\n".join(rows),
        weights="\n".join(weights),
    )
    (folder / "weights.json").write_bytes(content)
    text = json.dumps(manifest, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    (folder / "card.md").write_text(card + "\n", encoding="utf-8")
    return version
