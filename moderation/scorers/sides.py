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
        "progressives progressive teaparty libertarian libertarians tory tories labour labourites "
        "snp ukip libdem libdems plaid dup sdlp "
        "whigs cdu csu union spd afd fdp bsw sozis sozi christdemokraten sozialdemokraten "
        "liberalen konservativen grune grunen grunes grunem linke linken linkspartei linksgrun "
        "rechte rechten rechts links altparteien ampel groko "
        "bjp congress aap tmc bsp cpi inc cpim shivsena congressi congressis sanghi sanghis bhakt "
        "bhakts librandu librandus lfi rn renaissance lrem ps lr eelv nupes reconquete rpr ump "
        "macronistes macroniste insoumis insoumise frontiste frontistes lepeniste lepenistes "
        "gauchiste gauchistes fachos facho gauche droite socialistes republicains ecologistes "
        "민주당 더불어민주당 국민의힘 국힘 한국당 자유한국당 새누리당 정의당 열린우리당 더민주 "
        "국힘당 조국혁신당 개혁신당 좌파 우파 진보 보수 종북 수꼴 좌빨 여당 야당"
    ),
    "xxleader": (
        "trump obama biden clinton clintons hillary harris kamala bush romney mccain pelosi "
        "mcconnell cruz sanders bernie warren desantis newsom reagan schumer palin pence "
        "vance walz aoc rubio boehner gingrich cheney gore kerry nixon carter killary "
        "drumpf obummer nobama shillary trudeau harper scheer poilievre carney wynne "
        "sunak starmer corbyn farage thatcher blair cameron miliband badenoch truss johnson boris "
        "merkel scholz merz weidel habeck baerbock soder lindner lafontaine kohl schroder "
        "wagenknecht hocke pistorius esken modi rahul gandhi kejriwal mamata yogi adityanath "
        "sonia kharge vajpayee nehru namo pappu feku macron lepen melenchon "
        "hollande sarkozy bardella zemmour chirac mitterrand attal philippe "
        "문재인 윤석열 이재명 한동훈 박근혜 이명박 노무현 홍준표 안철수 문재앙 윤석렬 "
        "문죄인 쥐박이 닭근혜 조국 이준석 심상정 김대중 이낙연 나경원 추미애"
    ),
    "xxcreed": (
        "communist communists fascist fascists marxist marxists nazi nazis socialist "
        "socialists capitalist capitalists communism fascism marxism nazism socialism "
        "capitalism liberalism conservatism commie commies antifa maga resist "
        "kommunisten kommunismus faschisten faschismus sozialisten sozialismus kapitalismus "
        "communistes communisme fascistes fascisme capitalisme socialisme hindutva secularism "
        "secularists sickular 빨갱이 공산주의 파시스트 사회주의 자본주의"
    ),
    "xxcause": (
        "prolife prochoice antiabortion proabortion progun antigun provax antivax antivaxxers "
        "brexit brexiteer brexiteers remainer remainers remoaner remoaners rejoiners leavers "
        "unionists separatists feminists feminist meninist environmentalists "
        "atomkraft windkraft kernkraft atomkraftgegner klimaleugner klimakleber "
        "페미 페미니스트 탈원전 친원전"
    ),
}
"""A word for the kind, and the words of the sides it stands for; normalised as comments are."""

COUNTRIES: Final = (
    "usa america american americans russia russian russians china chinese ukraine ukrainian "
    "ukrainians israel israeli israelis palestine palestinian palestinians iran iranian "
    "iranians iraq iraqi syria syrian syrians pakistan pakistani pakistanis india indian "
    "indians japan japanese korea korean koreans germany german germans france french "
    "britain british brits england english scotland scottish scots ireland irish wales welsh "
    "canada canadian canadians mexico mexican mexicans cuba cuban venezuela venezuelan turkey "
    "turkish turks greece greek greeks italy italian italians spain spanish poland polish "
    "poles hungary hungarian saudi saudis arabia egypt libya yemen afghanistan afghan taiwan "
    "taiwanese vietnam vietnamese brussels washington moscow beijing kremlin "
    "deutschland russland amerika frankreich polen ungarn griechenland turkei "
    "deutsche deutschen russen amerikaner franzosen "
    "allemagne russie amerique angleterre algerie maroc espagne italie pologne "
    "allemands russes americains anglais chinois chine bharat hindustan "
    "미국 일본 중국 북한 러시아 한국 남한 쪽바리 짱깨"
)
"""Countries and their people, read as one by ``mask_all``."""

SIDE_MEANS: Final = {
    "xxparty": "party",
    "xxleader": "party",
    "xxcreed": "party",
    "xxcause": "party",
    "xxcountry": "country",
}
"""The word whose meaning stands for a kind; a party, its leader, creed and cause are one."""
_PHRASES: Final = tuple(
    (re.compile(pattern), f" {kind} ")
    for kind, pattern in (
        (
            "xxparty",
            r"\bthe (?:far )?(?:left|right)\b(?! (?:to|of|side|hand|turn|now|thing|way))",
        ),
        ("xxparty", r"\b(?:far|alt|radical|extreme) (?:left|right)\b"),
        ("xxparty", r"\b(?:left|right) wing(?:er|ers)?\b"),
        ("xxparty", r"\b(?:lib dems?|liberal democrats?|tea party|green party|reform uk)\b"),
        ("xxparty", r"\b(?:shiv sena|rassemblement national|front national|parti socialiste)\b"),
        ("xxparty", r"\b(?:france insoumise|les republicains|les verts|en marche)\b"),
        ("xxleader", r"\b(?:(?:marine )?le pen|theresa may|liz truss|ed davey|joe biden)\b"),
        ("xxleader", r"\b(?:donald trump|barack obama|boris johnson|narendra modi)\b"),
        ("xxcause", r"\bpro (?:life|choice|gun|brexit|eu)(?:rs?)?\b"),
        ("xxcause", r"\b(?:gun (?:rights|control)|second amendment)\b"),
        ("xxcause", r"\b(?:climate (?:alarmists?|deniers?|activists?))\b"),
        ("xxparty", r"\b(?:people power party|democratic party|(?<!leafy )(?<!salad )greens)\b"),
        ("xxleader", r"\b(?:moon jae in|yoon suk yeol|lee jae myung)\b"),
        ("xxleader", r"\b(?:han dong hoon|park geun hye)\b"),
    )
)
_FIRST_NAMES: Final = (
    "donald barack joe hillary george mitt john nancy mitch ted elizabeth ron gavin mike tim "
    "justin stephen rishi keir jeremy margaret tony david ed angela olaf friedrich alice robert "
    "annalena markus sahra narendra sonia arvind emmanuel marine francois nicolas jordan eric"
)
_BEFORE: Final = frozenset(f"{_FIRST_NAMES} president mr mrs the les la le die der den das".split())
"""Dropped before a side: first names and articles tell which one it is."""
_COUNTRY: Final = frozenset(COUNTRIES.split())
_COUNTRY_NAMES: Final = (
    "(?:north|south) korea(?:ns?)?|united (?:states|kingdom)|uk|eu|saudi arabia|etats unis"
)
_COUNTRY_PHRASES: Final = re.compile(rf"\b(?:{_COUNTRY_NAMES})\b")
_ANY_COUNTRY: Final = re.compile(
    rf"(?<!\w)(?:(?:the|les|die|la|le) )?({_COUNTRY_NAMES}|{'|'.join(COUNTRIES.split())})(?!\w)"
)
_PARTICLE: Final = re.compile(
    "(?:은|는|이|가|을|를|의|에|도|들|들이|들은|과|와|만|로|으로|이나|놈|놈들)$"
)
"""What Korean writes onto a name."""
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
    return _joined([_kind(word) for word in words.split()])


def mask_all(words: str) -> str:
    """Replace the sides and the countries in a normalised text; a word stands for them all."""
    masked = _COUNTRY_PHRASES.sub("xxcountry", mask(words)).split()
    countries = ["xxcountry" if word in _COUNTRY else word for word in masked]
    return " ".join(SIDE_MEANS.get(word, word) for word in _joined(countries).split())


def without_countries(words: str, context: str) -> str:
    """Drop the countries that a context does not name: which one is brought in says nothing.

    Args:
        words: As ``normalise`` returns it.
        context: Likewise: all that stands around the comment.

    Returns:
        The other words; ``country`` where none is left.
    """
    here = f" {context} "
    left = _ANY_COUNTRY.sub(lambda found: found[0] if f" {found[1]} " in here else " ", words)
    return " ".join(left.split()) or "country"


def names_country(words: str) -> bool:
    """Whether a normalised text names a country or its people."""
    return _ANY_COUNTRY.search(words) is not None


def _joined(kinds: list[str]) -> str:
    """Join words; what stands before a side and tells which it is goes, and so does its double."""
    kept: list[str] = []
    for kind in kinds:
        if kind.startswith("xx"):
            while kept and (kept[-1] in _BEFORE or kept[-1] == kind):
                kept.pop()
        elif kind == "party" and kept and kept[-1] == "xxparty":
            continue
        kept.append(kind)
    return " ".join(kept)


def names_side(masked: str) -> bool:
    """Whether a text that went through ``mask`` names a side of any kind."""
    return any(kind in masked for kind in SIDES)


def _kind(word: str) -> str:
    if word.isascii():
        return _KINDS.get(word) or _KINDS.get(word.removesuffix("s"), word)
    return _KINDS.get(word) or _KINDS.get(_PARTICLE.sub("", word), word)
