"""Names of political sides, read as one: who is attacked must not change the score.

``mask`` replaces parties, their adherents, their leaders, rival creeds and rival causes by a
word for the kind. What is left (``the <party> want to destroy the country``) is what the
political scorer sees, so that swapping the side of a comment leaves it as it was.
"""

import re
from typing import Final

SIDES: Final[dict[str, str]] = {
    "xxparty": (
        "democrat democrats democratic dem dems demoncrat demoncrats demonrats republican "
        "republicans gop rethuglican rethuglicans repubs repub libs lib liberal liberals "
        "conservative conservatives leftist leftists lefties lefty rightist rightists "
        "rightwing leftwing rightwinger rightwingers leftwinger leftwingers righties "
        "rightwingnut libtard libtards conservatard conservatards trumptard trumptards "
        "progressives progressive teaparty tory tories labour snp ukip libdem libdems "
        "whigs cdu csu spd afd fdp grune grunen grunes linke linken linksgrun bjp aap inc "
        "cpim shivsena congressi sanghi sanghis bhakt bhakts librandu lfi rn renaissance "
        "lrem macroniste macronistes insoumis frontiste frontistes "
        "민주당 더불어민주당 국민의힘 국힘 한국당 "
        "자유한국당 새누리당 정의당 열린우리당 더민주 국힘당 좌파 우파 진보 보수 종북 수꼴 좌빨"
    ),
    "xxleader": (
        "trump obama biden clinton hillary harris kamala bush romney mccain pelosi "
        "mcconnell cruz sanders bernie warren desantis newsom reagan schumer palin pence "
        "vance walz aoc rubio boehner gingrich cheney gore kerry nixon carter killary "
        "drumpf obummer nobama shillary sunak starmer corbyn farage thatcher blair "
        "cameron miliband badenoch truss merkel scholz merz weidel habeck baerbock soder "
        "wagenknecht modi rahul kejriwal mamata yogi sonia kharge macron lepen melenchon "
        "hollande sarkozy bardella zemmour "
        "문재인 윤석열 이재명 한동훈 박근혜 이명박 노무현 홍준표 안철수 문재앙 윤석렬 "
        "문죄인 쥐박이 닭근혜"
    ),
    "xxcreed": (
        "communist communists fascist fascists marxist marxists nazi nazis socialist "
        "socialists capitalist capitalists communism fascism marxism nazism socialism "
        "capitalism liberalism conservatism commie commies antifa maga resist"
    ),
    "xxcause": (
        "prolife prochoice antiabortion proabortion progun antigun provax antivax "
        "brexiteer brexiteers remainer remainers remoaner remoaners"
    ),
}
"""A word for the kind, and the words of both sides it stands for; normalised as comments are."""

SIDE_MEANS: Final = {
    "xxparty": "party",
    "xxleader": "president",
    "xxcreed": "ideology",
    "xxcause": "activists",
}
"""The word whose meaning stands for a kind of side."""
_PHRASES: Final = (
    (
        re.compile(r"\bthe (?:far )?(?:left|right)\b(?! (?:to|of|side|hand|turn|now|thing|way))"),
        "xxparty",
    ),
    (re.compile(r"\b(?:far|alt|radical|extreme) (?:left|right)\b"), "xxparty"),
    (re.compile(r"\b(?:left|right) wing(?:er|ers)?\b"), "xxparty"),
    (re.compile(r"\b(?:lib dems?|tea party|green party|reform uk|le pen)\b"), "xxparty"),
    (re.compile(r"\bpro (?:life|choice)\b"), "xxcause"),
)
_KINDS: Final = {word: kind for kind, words in SIDES.items() for word in words.split()}


def mask(words: str) -> str:
    """Replace the sides in a normalised text.

    Args:
        words: As ``normalise`` returns it.

    Returns:
        The same words, those of ``SIDES`` replaced by their kind; a possessive ``s`` goes too.
    """
    for pattern, kind in _PHRASES:
        words = pattern.sub(kind, words)
    return " ".join([_kind(word) for word in words.split(" ")])


def names_side(masked: str) -> bool:
    """Whether a text that went through ``mask`` names a side of any kind."""
    return any(kind in masked for kind in SIDES)


def _kind(word: str) -> str:
    return _KINDS.get(word) or _KINDS.get(word.removesuffix("s"), word)
