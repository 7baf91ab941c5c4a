"""Words that comment sections are made of: in class names, on buttons, around names, in headings.

Class names are English or the site's language without accents; texts are matched in the
languages the project has seen pages in. Every expression is linear on hostile input. Those that
every line is put to read lower case: that is several times as fast as to ignore it.
"""

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def words(names: str) -> frozenset[str]:
    """Split class names or an id into lower-case words: ``commentBody_12`` gives comment, body."""
    return frozenset(map(str.lower, _WORD.findall(names)))


COMMENT = re.compile(
    r"comments?|commenter|commentary|commentlist|commentbody|kommentare?|kommentar\w*|comentarios?"
    r"|commentaires?|commenti|commento|komentar\w*|repl(?:y|ies)|responses?|reacties?|reactions?"
    r"|leserbriefe?|leserpost\w*|leserkommentar\w*|disqus|discussions?|letters?|isso|conversations?"
    r"|postbody|forumpost|forum|replik|answers?|guestbook|reviews?|avis"
)
"""Words in class names and ids that mean comments."""
PLURALS = frozenset(
    {
        *("comments", "kommentare", "comentarios", "commentaires", "commenti", "replies"),
        *("responses", "reacties", "reactions", "answers", "discussion", "discussions"),
        *("commentlist", "letters", "leserbriefe", "reviews", "forum", "guestbook"),
        *("conversation", "conversations"),
    }
)
"""Those among them that mean several at once."""
POST = re.compile(
    r"\w*posts?|postbit\w*|postrow|postcontainer|messages?|msg|beitrag\w*|entr(?:y|ies)|notes?"
    r"|talk|feedback"
)
"""Words that may mean comments: forums use them for posts, others for articles."""
AUTHOR = re.compile(
    r"\w*author|autor|auteur|autore|verfasser|fn|nick(?:name)?|user|username|poster|postedby|commenter"
    r"|name|\w*username|displayname|byline|profile|member|who|hnuser|person|writer"
    r"|login|vcard|nome?|imie|jmeno|nimi|namn|navn|naam|isim|\w*(?:community|screen|member|full)name|uname"
    r"|pseudo|signature|screenname|benutzer(?:name)?|usuario|nombre|creator|by"
)
"""Words in class names that mean the writer's name."""
_SURE_NAMES = frozenset({"author", "fn", "username", "nickname", "autor", "name", "auteur"})
_NO_NAMES = frozenset({"body", "text", "content", "field", "title", "subject"})


def says_name(said: frozenset[str]) -> bool:
    """Tell whether words in class names say outright that this is the writer's name."""
    return bool(said & _SURE_NAMES and not said & _NO_NAMES)


BODY = re.compile(
    r"body|te?xt|content|message|msg|postbody|commentbody|commenttext|texto|inhalt|description"
    r"|comment|copy|bbcode|bbWrapper|markdown|md|contenu|cuerpo|entry|post|html"
)
"""Words in class names that mean what was said."""
ASIDE = re.compile(
    r"sidebar|widgets?|recent|latest|newest|related|teasers?|nav|navigation|menu|footer"
    r"|breadcrumbs?"
    r"|ticker|live|liveblog|promo|advert\w*|popular|trending|recommended|recommendations"
    r"|carousel"
    r"|slider|newsletter|similar|lastcomments|recentcomments|toc|cookie\w*|consent"
    r"|gdpr"
    r"|modal|dialog|pagination|paging"
)
"""Words in class names of what stands beside the thread."""
SIDE_TAGS = frozenset({"nav", "aside", "dialog"})
PERMALINK = re.compile(r"#|/comments?[/-]?\d|[?&](?:cid|pid|postid|comment\w*)=\d")
"""What a link in lower case holds that leads to a comment rather than to another page."""
PINGBACK = re.compile(r"pingbacks?|trackbacks?")
CHILDREN = re.compile(
    r"children|child|replies|reply|nested|subcomments?|answers?|responses|indented|indent|level"
    r"|sublevel|thread|subthread|follow|antworten|comments"
)
"""Words in class names of lists that hold the replies to what stands before them."""

_REPLY = (
    r"reply|repl(?:y|ies) to\b.{0,60}|antworten|antwort|kommentieren|répondre(?: à .{0,60})?"
    r"|responder"
    r"|rispondi|beantwoorden|reageer|odpowiedz|svara|svar|ответить|답글(?:쓰기)?|답장|返信(?:する)?|回复|回覆"
    r"|log ?in to (?:reply|comment|vote).{0,20}|anmelden(?:,? um .{0,40})?|se connecter.{0,20}"
    r"|auf diesen kommentar antworten|auf .{0,40} antworten|zitieren|quote|zitat|citer|citar|join"
    r"|mit zitat antworten|reply with quote|antwoord(?:en)?|vastaa|yan\u0131tla|cevapla|أجب|رد"
    r"|reagovat|reaguj|odpov[ěe]d[ěe]t|odpovedať|v\u00e1lasz(?:olok)?|r\u0103spunde(?:ți)?|svare?|besvar"
    r"|atsakyti|atbild\u0113t|vasta|відповісти|адказаць|отговори|odgovori|απάντηση|trả lời|balas"
    r"|ตอบกลับ|השב"
)
_BUTTONS = (
    r"report(?: (?:this|comment|abuse|post|message).{0,20})?|melden|beitrag melden|kommentar melden"
    r"|signaler(?: .{0,30})?|alerter|flag(?: .{0,20})?|denunciar|segnala|share|teilen|partager"
    r"|compartir"
    r"|condividi|permalink|link(?: to (?:this )?comment)?|direktlink|like|unlike|dislike|likes?"
    r"|gefällt mir(?: nicht)?|mi piace|j.aime|me gusta|upvote|downvote|vote (?:up|down)|\+1|up|down"
    r"|thumbs? (?:up|down)|edit(?:ed)?|delete|löschen|bearbeiten|supprimer|modifier|editar|borrar"
    r"|eliminar|save|more|mehr|read more|weiterlesen|show (?:more|less|replies).{0,20}"
    r"|hide(?: .{0,20})?"
    r"|view (?:more|profile|replies).{0,20}|(?:hide|show|view|\d+) (?:more )?(?:replies|antworten)"
    r"|load more.{0,20}|mehr anzeigen|top|nach oben|back to top|website|email|e-?mail|profil"
    r"|profile"
    r"|follow|folgen|unfollow|subscribe|copy link|nach unten|ignorieren|ignore|offline|online"
    r"|parent"
    r"|context|full comments.{0,12}|award|give (?:award|gold)|helpful|nützlich|hilfreich"
    r"|loading\.{0,3}|laden\.{0,3}|spam|abuse|inappropriate|next|prev(?:ious)?|collapse|expand"
    r"|log ?in"
    r"|신고|공감|비공감|추천|반대|좋아요|싫어요|수정|삭제|공유|더보기|通報(?:する)?|いいね!?|削除|舉報|举报|檢舉|赞|讚"
    r"|editieren|druck(?:en)?|print|suggest removal|bookmark|empfehlen|recommend(?:ed)?|votes?"
    r"|bewerten|antworten anzeigen|\d+ antworten|alle antworten|pinned|op|menu|options|actions"
    r"|close|find|search|pm|www|was this .{3,12} (?:helpful|useful).{0,40}"
    r"|(?:è |es |c'est )?(?:utile?|útil)(?: ?\(\d+\))?\??"
    r"|(?:yes|no|ja|nein|oui|non|s[iíì]|sim|não|tak|nie)\s?\(\d+\)"
    r"|nahlásit|nahlásiť|zgłoś(?: nadużycie)?|pranešti.{0,30}|ilmoita.{0,30}|anmäl|anmeld"
    r"|rapporteer|пожаловаться|поскаржитися|şikayet et|beğen|signala.{0,20}|jelentem|meld"
)
_COUNTS = (
    r"(?:like\s?)?liked by .{1,40}|gefällt .{1,40} (?:person(?:en)?|mal)"
    r"|[^\W\d][\w ]{1,24}:\s?[\d.,]+|#?\s?\d+(?:[.,]\d+)?k?|[+\u2212\u2013-]\s?\d+"
    r"|\d+\s?(?:points?|likes?|shares?|votes?|upvotes?"
    r"|replies|reply"
    r"|antworten|stimmen?|réponses?|recommend|s|min|h|d|w|mo|yr?)"
    r"|\d+ (?:out of \d+|of \d+|people|users|personen|von \d+)\b.{0,30}"
    r"\b(?:helpful|useful|hilfreich).{0,60}"
    r"|[^\w]+|\(\s?\d+\s?\)|nr?\.? ?\d+|no\. ?\d+|\d+ (?:of|/) \d+"
)
_IS_REPLY = re.compile(rf"\W{{0,4}}(?:{_REPLY})\W{{0,4}}(?:\d{{1,4}}\W{{0,2}})?")
_IS_CONTROL = re.compile(rf"\W{{0,4}}(?:{_REPLY}|{_BUTTONS})\W{{0,4}}|{_COUNTS}")
_ANNOUNCES = re.compile(
    r"\b(?:(?:comments?|commenti|responses?|repl(?:y|ies)|antworten|reacties?|réactions?"
    r"|thoughts? (?:on|to)|conversation|discussion|meinungen|reviews?|bewertungen|letters|avis"
    r"|notes|answers?"
    r"|messages?|zuschriften|forum)\b"
    r"|comentari|commentaire|komentar|diskussion|debatte|opini|responder|yorum"
    r"|kommenter)"
    r"|kommentar|leserbrief|leserpost|leserzuschrift|комментар|댓글|コメント|留言|評論|评论|回應|迴響"
)


@lru_cache(maxsize=1024)
def is_reply(text: str) -> bool:
    """Tell whether a text is that of a button that answers or quotes."""
    return _IS_REPLY.fullmatch(text.lower()) is not None


@lru_cache(maxsize=1024)
def is_control(text: str) -> bool:
    """Tell whether a text is that of a button, link or counter beside a comment."""
    return _IS_CONTROL.fullmatch(text.lower()) is not None


@lru_cache(maxsize=1024)
def announces(heading: str) -> bool:
    """Tell whether a heading announces comments."""
    lower = heading.lower()
    words = _ANNOUNCING if lower.isascii() else _ANNOUNCING_BEYOND_ASCII
    return any(map(lower.__contains__, words)) or _ANNOUNCES.search(lower) is not None


_ANNOUNCING = (
    *("koment", "diskuse", "diskusia", "keskustelu", "kommentit", "dyskusj", "wypowiedzi"),
    *("guestbook", "guest book", "libro de visitas", "libro degli ospiti", "gastenboek"),
    *("vieraskirja", "livro de visitas", "livre d'or", "respuestas", "respostas", "risposte"),
    *("odpowiedzi", "cevap", "ulasan"),
)
"""Words that are found faster one by one: each line of a page is put to them."""
_ANNOUNCING_BEYOND_ASCII = (
    *_ANNOUNCING,
    *("příspěvk", "príspevk", "hozzászól", "vélemény", "inlägg", "gästebuch", "księga gości"),
    *("gästbok", "réponses", "görüş", "коментар", "обсужден", "отзывы", "відгуки", "мнения"),
    *("σχόλια", "bình luận", "ความคิดเห็น", "تعليق", "टिप्पणी", "תגובות"),
)


_BEFORE_NAME = re.compile(
    r"^[\s:,;|/\u2013\u2014·•-]*(?:(?:(?:post(?:ed)?|topic|written|submitted|comment(?:ed)?"
    r"|answered|asked|message|review) )?by\b|from:"
    r"|(?:#?\d+ )?(?:geschrieben |verfasst |kommentar |comment |beitrag )?von\b|(?:écrit |posté "
    r"|commentaire )?par\b"
    r"|(?:comentario |escrito |enviado |publicado |postado )?por\b|(?:inviato |scritto )da\b"
    r"|comentario de\b|commentaire de\b|autor(?:in)?:"
    r"|author:"
    r"|name:|user:|nick:|napisał:?|автор:?)[\s:]*",
)


def is_introduced(line: str) -> bool:
    """Tell whether a line says that a name comes next: "by", "von", "Posted by:"."""
    found = _BEFORE_NAME.match(line.lower())
    return found is not None and any(map(str.isalpha, found[0]))


_NUMBER = re.compile(r"^#?\d{1,5}[.)] (?=\w)")
_AFTER_NAME = re.compile(
    r"\s*(?:\b(?:says?|said|sagt|sagte|schreibt|schrieb|meint|meinte|writes?|wrote|commented"
    r"|replied"
    r"|antwortet(?:e)?|kommentiert(?:e)?|a (?:dit|écrit|répondu)|dit|dice|dijo|escribió|comentó|diz"
    r"|disse|scrive|ha (?:scritto|detto)|pisze|napisał\(?a?\)?|mówi|skriver|zegt|schreef|пишет"
    r"|says to.*"
    r"|responded|reviewed|responde|respondió|posted)\s*(?:(?:on|am|le|el|the|at|vor|um|:)\s*)*"
    r"(?:\.{2,3}|…)?)?[\s:,;|/\u2013\u2014·•»#-]*$",
)
_BEFORE_DATE = re.compile(
    r"(?:\s*\b(?:at|um|à)?\s\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\b\.?)?)?"
    r"\s*\b(?:on|am|le|el|at|um|vor|den|il|em|dnia)?[\s:,;|/\u2013\u2014·•»#(@-]*$",
    re.IGNORECASE,
)
MAX_NAME_CHARS = 60
"""Longest name taken for one; display names are cut at 50 by most platforms."""


@lru_cache(maxsize=1024)
def name(text: str, *, before_date: bool = False) -> str:
    """Return a person's name without what stands around it: ``By Ann Lee says:`` gives Ann Lee.

    Args:
        text: One line.
        before_date: A date stood behind it, so that "Ann Lee on" is Ann Lee.
    """
    line = " ".join(text.split())
    if number := _NUMBER.match(line):
        line = line[number.end() :]
    if before_date:
        line = _BEFORE_DATE.sub("", line.split(" | ")[0], count=1)
    if len(line) > 2 * MAX_NAME_CHARS:
        return line
    lower = lowered(line)
    before = _BEFORE_NAME.match(lower)
    start = before.end() if before else 0
    after = _AFTER_NAME.search(lower[start:])
    bare = line[start : start + after.start() if after else None]
    bare = bare.strip().lstrip("\u2014\u2013-| ")
    return bare or line


def lowered(text: str) -> str:
    """Return a text in lower case, letter for letter, so that places in it stay the same."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(mark.lower()[0] for mark in text)


_SPEAKERS = (
    r"i(?:['\u2019]\w+)?|me|my|mine|myself|you(?:rs?|['\u2019]\w+)?|thanks?|agree|please"
    r"|ich|mich|mir|mein\w{0,2}|du|dich|dir|dein\w{0,2}|ihr|euch|danke"
    r"|je|j['\u2019]\w+|moi|mon|mes|vous|votre|vos|tu|toi|merci"
    r"|yo|mi|mis|usted|ustedes|gracias|io|mio|mia|grazie|eu|meu|minha|obrigad[oa]"
    r"|ik|mij|mijn|jij|bedankt|ja|mnie|jag|mig|jeg|tack|takk?|mun|minulla|kiitos"
    r"|nekem|engem|mie|mea|bana|benim|sen|sana|saya|aku|kamu"
)
_SPOKEN_IN_ASCII = re.compile(rf"\b(?:{_SPEAKERS})\b|[:;]-?[)(]")
_SPOKEN = re.compile(
    rf"\b(?:{_SPEAKERS}"
    r"|m\u00f3j|dzi\u0119kuj\u0119|\u044f|\u043c\u043d\u0435|\u0432\u044b"
    r"|min\u00e4|sin\u00e4|j\u00e1|m\u011b|m\u016fj|d\u011bkuji|v\u00e1m"
    r"|én|köszön\w*|mul\u021bum\w*|te\u015fekkür\w*"
    r"|мене|мені|дякую|εγώ|μου|εσύ|ευχαριστώ|tôi|bạn|أنا|انا|شكرا)\b|[我你您]|谢谢|謝謝|请问|請問"
    r"|[\uff01\uff1f]|[:;]-?[)(]|(?:\uc694|\ub2c8\ub2e4|\ub2c8\uae4c)[.?!~ ]"
    r"|\u3067\u3059|\u307e\u3059|\u79c1"
)
_SAYS = re.compile(
    r"\b(?:says|said|writes|wrote|commented|replied|responded|sagt|schreibt|schrieb|meint|kommentiert"
    r"|a (?:dit|écrit|répondu)|dice|dijo|escribió|comentó|disse|scrive|ha scritto|pisze|napisał\w?"
    r"|schreef|zegt|skriver|пишет|написал\w?)\b|^from: ?\w|^re: ?\w"
    r"|^(?:posted|posté|enviado|inviato|geschrieben|verfasst|napisał|skrevet)"
    r" (?:by|par|por|da|von|przez|av)\b"
)


def is_spoken(line: str) -> bool:
    """Tell whether somebody speaks in a line: first and second persons, thanks, questions.

    Most who do ask or exclaim, which is seen fast.
    """
    if "!" in line or "?" in line:
        return True
    spoken = _SPOKEN_IN_ASCII if line.isascii() else _SPOKEN
    return spoken.search(line.lower()) is not None


def says(line: str) -> bool:
    """Tell of a short line whether somebody is about to speak."""
    return _SAYS.search(line.lower()) is not None


ANSWERED = re.compile(r"^(?:(?:re|aw|antw|sv|r\u00e9f|rif|odp|vs)\s?(?:\[\d+\])?\s?:\s*)+")
"""What stands before the subject of an answer, in lower case."""

RULER = re.compile(r"[_\u2014]{5,}|-{15,}")
"""The line forums draw between a post and its writer's signature."""
SIGNATURE = re.compile(r"\w*signatures?|sig")
"""Words in class names of what forums show under every post of a person."""
EDITED = re.compile(
    r"\W*(?:this (?:post|message) (?:has been|was) (?:edited|modified)"
    r"|(?:last )?(?:edited|modified) (?:by|on|at)\b|last edit(?:ed)?\b ?:"
    r"|(?:zuletzt )?(?:bearbeitet|geändert|editiert) (?:von|am)\b"
    r"|(?:dernière modification|modifié|última edición|editado|ultima modifica|modificato)"
    r" (?:par|por|da|di|le|el|il)\b)",
    re.IGNORECASE,
)
"""How a line begins that tells who changed a comment, and when."""
QUOTE = re.compile(r"quotes?|quoted|quotation|bbcode|zitat|cite|citation|citat")
"""Words in class names of what somebody else said before."""
NOTICE = re.compile(
    r"\b(?:be the first|no comments|there are no|loading|leave a (?:comment|reply)"
    r"|comments are closed"
    r"|(?:schreiben|schreibe|verfassen) sie den ersten|noch keine|keine kommentare|werden geladen"
    r"|soyez le premier|aucun commentaire|sé el primero|no hay comentarios|nessun commento"
    r"|required fields|will not be published|sign in to|log ?in to|erforderliche felder"
    r"|kommentarfunktion|(?:post|write|submit) a comment|terms of|community guidelines)\b",
    re.IGNORECASE,
)
"""What a comment box says when nobody has said anything."""

MEMBERSHIP = re.compile(
    r"\b(?:joined|join date|member since|registered|registriert|registrierung|anmeldungsdatum"
    r"|dabei seit"
    r"|mitglied seit|beigetreten|inscrit|inscription|membre depuis|registrado|miembro desde"
    r"|iscritto|lid (?:sinds|geworden)|dołączył\w*|na forum od|medlem sedan|gick med|registreret"
    r"|medlem siden|rekisteröitynyt|liittynyt|registrován|členem od|membro d(?:al|esde)|registrato"
    r"|cadastrado|kay\u0131t tarihi|üyelik|kat\u0131l\u0131m|csatlakozott|membru din|înregistrat"
    r"|зарегистрирован\w*|регистрация|\u0441 нами|на форуме|зареєстрован\w*"
    r"|last (?:seen|active|edited|visit)|zuletzt (?:bearbeitet|online))\b",
    re.IGNORECASE,
)
"""What stands before a date that is the writer's or the editor's, not the comment's."""
