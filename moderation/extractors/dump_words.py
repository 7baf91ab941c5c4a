"""The words of comment templates, in a dozen languages: what is a heading, a button, a byline.

They are those of widespread platforms and newsrooms, not of any one site; a line of a template
that is not among them is still recognised where it recurs (see ``dump_records``).
"""

import re

_COMMENT_WORD = (
    r"(?:(?:leser|user|community|forum|reader)-?)?"
    r"(?:comments?|kommentare?|leserpost|leserbriefe?|ergänzung(?:en)?"
    r"|meinung(?:en)?|wortmeldungen"
    r"|antworten|gedanken|reaktion(?:en)?|diskussion|commentaires?|réactions?|avis|comentarios?"
    r"|opiniones|respuestas|comentários?|respostas|commenti|risposte|reacties|reacti[eë]s?"
    r"|komentarz[ey]?|komentarzy|kommentarer|комментари\w*|отзыв\w*|replies|responses?|thoughts"
    r"|discussion|opinions|discuss[ãi]on|discussão|diskuze|diskuse|komentáře?|komentářů|názory"
    r"|ohlasy"
    r"|yorumlar|yorum|hozzászólás(?:ok)?|vélemény(?:ek)?|comentarii|răspunsuri"
    r"|komentari|komentara"
    r"|kommentit|kommenttia?|коментар\w*|σχόλια|σχόλιο|bình luận|komentar|تعليقات|تعليق|דיונים"
    r"|תגובות"
    r"|kommentarer|svar|innlegg|inlägg|indlæg|respons)(?![^\W\d_])"
    r"|댓글|의견|덧글|コメント|评论|評論|留言|回應|回应"
)
HEADING = re.compile(
    rf"[\W_]*(?:(?:there (?:are|is)|se han publicado|alle?|all|tous|vos|nos|vos|your|reader|die"
    rf"|view|show|hide)\s+){{0,2}}"
    rf"(?P<before>\d[\d.,]*)?[\s+]*(?:{_COMMENT_WORD})(?P<rest>.*)",
    re.IGNORECASE,
)
COUNT = re.compile(r"\W{0,3}(\d[\d.,]*)\b")
HEADING_WORDS = 4
FORM = re.compile(
    r"\W*(?:(?:leave|post|add|write|submit|join|start)\b.{0,20}\b(?:reply|comment|response"
    r"|discussion)"
    r"|your (?:comment|reply|answer|email)|(?:cancel|abbrechen)\b"
    r"|comments? (?:are |is )?(?:powered|closed)"
    r"|rss feed|kommentar\w* (?:ist|sind|wurde\w*) (?:geschlossen|deaktiviert)"
    r"|(?:les )?commentaires sont"
    r"|(?:los )?comentarios (?:están )?cerrados"
    r"|(?:ihr|dein|neue[rn]?) kommentar\b|(?:schreibe?n?|hinterlasse?n?"
    r"|verfasse?n?)\b.{0,20}kommentar"
    r"|kommentare? (?:schreiben|hinzufügen|verfassen|abgeben|öffnen)|kommentieren$"
    r"|ergänzung abbrechen"
    r"|antworten? abbrechen|(?:laisse[rz]?|ajoute[rz]?|écri\w+|postez?)\b.{0,20}commentaire"
    r"|réagi[rs]"
    r"|(?:deja|dejar|añad\w+|escrib\w+)\b.{0,20}comentario|(?:deixe"
    r"|adicion\w+)\b.{0,20}comentário"
    r"|(?:lascia|aggiungi|scrivi)\b.{0,20}commento|(?:plaats|schrijf|geef)\b.{0,20}reactie"
    r"|(?:dodaj|napisz)\b.{0,20}komentarz|(?:skriv)\b.{0,20}kommentar|(?:оставить"
    r"|добавить)\b.{0,25}"
    r"|sign in\b|log in\b|(?:sie müssen|bitte)\b.{0,20}(?:anmelden|einloggen)|(?:um"
    r"|om) .{0,60}kommentieren"
    r"|(?:přidat|napsat|vložit)\b.{0,20}(?:komentář|příspěvek)|yorum (?:yap|yaz|gönder)"
    r"|skriv (?:et )?svar"
    r"|hozzászólás (?:írása|küldése)|lasă un|adaugă un|napiši|додати|προσθ|jätä"
    r"|kirjoita|tulis|viết"
    r"|jetzt mitreden|no comment\?|댓글 ?(?:쓰기|작성|달기)|發表留言|コメントを(?:書|投稿))",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(
    r"\W*(?:you (?:may|might) (?:also )?(?:like|enjoy)|popular|most (?:read|popular"
    r"|viewed|shared)"
    r"|must[- ]?reads?|trending|latest|recent (?:posts|comments|stories|articles)|related"
    r"|recommended"
    r"|more (?:from|on|stories|posts)|read (?:next|also)|up next|editor.s (?:picks?|choice)"
    r"|sponsored"
    r"|share it|follow us|newsletter|about the author|previous (?:post|article)|next (?:post"
    r"|article)"
    r"|post navigation|load more|(?:view|show|see) all|subscribe|advertisement|copyright|©"
    r"|meistgelesen|am meisten gelesen|das könnte|auch interessant|mehr (?:zum|aus"
    r"|von)|weitere\b"
    r"|ähnliche|neueste (?:beiträge|artikel)|letzte (?:beiträge|kommentare)"
    r"|lesen sie (?:auch|mehr)"
    r"|über den autor|beitragsnavigation|anzeige$|serviceangebote|voir (?:tou|aussi)|tous les"
    r"|à lire"
    r"|les plus lus|à suivre|sur le même|lo más|más (?:leíd|notici|en)|te puede"
    r"|noticias relacionadas"
    r"|leia (?:também|mais)|mais lidas|i più letti|leggi anche|potrebbe interessar"
    r"|meest gelezen"
    r"|lees ook|najczęściej|czytaj (?:też|także)|polecane|читайте|похожие|популярн"
    r"|nejčten|čtěte|mohlo by|souvisej|çok okunan|ilgili haber|ayr\u0131ca|legolvasott"
    r"|kapcsolódó|ajánl"
    r"|cele mai|citește|pročitaj|najčita|δείτε|σχετικ|mest læste?|mest lest|seneste"
    r"|siste|luetuimm"
    r"|lue myös|veja (?:também|mais)|populære|xem thêm|baca juga|اقرأ|الأكثر"
    r"|많이 본|인기|관련 ?(?:기사|뉴스)|추천|最新|人気|関連|热门|相关|あわせて)",
    re.IGNORECASE,
)
MAX_SIGN_CHARS = 90

_BUTTON = (
    r"sort(?:ed)? by|newest|oldest|best|neueste|älteste|beliebteste|sortieren nach|ordenar por"
    r"|más recientes|más antiguos|trier par|plus récents|plus anciens|最热|最新|热门|最早"
    r"|최신순|순공감순|공감순|login|"
    r"reply|replies|respond|quote|share|report(?: abuse| as spam)?|flag(?:ged)?|likes?|dislike"
    r"|liked by"
    r"|up ?vote|down ?vote|votes?|edit(?:ed)?|delete|hide|block|mute|follow|permalink|link|more"
    r"|less"
    r"|show more|read more|view replies|helpful|points?|people|translate|original"
    r"|show all|expand"
    r"|antwort(?:en)?|beantworten|zitieren|zitat|melden|als spam melden|teilen"
    r"|löschen|bearbeiten"
    r"|gefällt mir|wird geladen|empfehlen|leserempfehlung|hilfreich|daumen (?:hoch|runter)|gut"
    r"|schlecht"
    r"|aufklappen|mehr anzeigen|einklappen|login für vote|permanenter link|nach oben"
    r"|répondre(?: à ce message)?|signaler|alerter|partager|j.aime|citer|modifier|supprimer"
    r"|responder|compartir|denunciar|reportar|me gusta|citar|curtir|compartilhar"
    r"|rispondi|segnala"
    r"|condividi|mi piace|reageer|beantwoord(?:en)?|meld|odpowiedz|zgłoś|cytuj"
    r"|lubię to|svara|anmäl"
    r"|ответить|пожаловаться|нравится|답글|답글쓰기|신고|좋아요|싫어요|공감|비공감|추천|返信|報告|いいね"
    r"|odpovědět|nahlásit|yan\u0131tla|beğen|cevapla|şikayet(?: et)?|válasz|jelentés|tetszik"
    r"|răspunde"
    r"|raportează|îmi place|odgovori|prijavi|sviđa mi se|vastaa|ilmianna|tykkää|відповісти"
    r"|поскаржитися"
    r"|отговор|απάντηση|αναφορά|trả lời|thích|balas|suka|laporkan|رد|إعجاب|השב|svar|anmeld"
    r"|synes godt om"
    r"|lik|del|rapporter|top|up|edit post|permalien|лайк|цитировать|me gusta|es|en réponse"
    r"|a\.?m\.?|p\.?m\.?|uhr|回复|回覆|回應|舉報|举报|赞|讚"
)
BUTTONS = re.compile(rf"(?:[\W\d_]|{_BUTTON})+", re.IGNORECASE)
REPLY = re.compile(
    r"\W*(?:reply|antworte?n?|beantworten|zitieren|quote|répondre|responder|rispondi|reageer"
    r"|beantwoorden|odpowiedz|svara?|odpovědět|yan\u0131tla|cevapla|válasz|răspunde"
    r"|odgovori|vastaa"
    r"|відповісти|отговор|απάντηση|trả lời|balas|رد|השב|ответить|답글|返信|回复"
    r"|回覆)(?:[A-ZÄÖÜ ↓\d]|\W|$)",
    re.IGNORECASE,
)
PINGBACK = re.compile(r"(?:pingback|trackback|rückverweis)s?\b", re.IGNORECASE)

GLUED = (
    (re.compile(r"(\d\d\.\d\d\.\d\d)(?=\d\d:\d\d)"), r"\1 "),
    (re.compile(r"(?<=[^\s.])(?=\d\d\.\d\d\.\d\d \d\d:\d\d)"), " "),
    (re.compile(r"(?<=[^\W\d_])(?=\d{1,2}\.(?:\d{1,2}\.| [^\W\d_]{3}))"), " "),
    (re.compile(r"(?<=[^\W\d_])(?=\d{1,4}[/-]\d{1,2}[/-]\d)"), " "),
    (
        re.compile(
            r"(?<=\S)(?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
            r" \d{1,2}, \d{4})"
        ),
        " ",
    ),
)
"""Name and date stand in neighbouring elements without white space between."""
ORDINAL = re.compile(r"#(\d{1,6})\b(?!\.\d)")
SAYS = re.compile(
    r"\s*\b(?:says|said|wrote|writes|commented|sagte?|schreibt|schrieb|meint"
    r"|kommentierte|dijo|dice"
    r"|escribió|comentó|a écrit|dit|écrit|scrive|ha scritto|disse|diz|escreveu|zegt"
    r"|schreef|pisze"
    r"|napisał[ay]?|skriver|siger|sier|säger|píše|napsal[a]?|írta|spune|a scris|yazd\u0131"
    r"|dedi ki|λέει|каже"
    r"|sa|пишет|написал|님의? 말)(?:\s+(?:on|am|le|el|il|at|um))?\s*:?$",
    re.IGNORECASE,
)
BYLINE = re.compile(
    r"(?:by|von|par|por|di|door|av|autor(?:in)?:?|author:?|text:?|posted by|written by)"
    r"\s+(.{3,60})$",
    re.IGNORECASE,
)
"""How an article names its writer."""
SCORE = re.compile(
    r"(?<=\S)\W+-?\d[\d.,]*k?\s+(?:points?|pts|likes?|votes?|stimmen|puntos|punti|баллов)\b.*$",
    re.IGNORECASE,
)
"""What some platforms show between a name and a date."""
NO_NAME = re.compile(
    r"\W*(?:(?:last |zuletzt )?(?:updated?|modified|aktualisiert|geändert)|stand"
    r"|publi(?:shed|ziert)"
    r"|veröffentlicht|erstellt|posted|(?:mis à jour|publié|modifié)(?: le)?"
    r"|actualizado|publicado"
    r"|aggiornato|pubblicato|atualizado|gepubliceerd|bijgewerkt|publicerad|uppdaterad"
    r"|opublikowano|aktualizacja|опубликовано|обновлено|입력|수정|weitere|more|live|top|date|datum"
    r"|fecha|data"
    r"|name|e-?mail(?: adresse)?|web ?site|webseite|url|kommentar|nom|nombre"
    r"|nome|写真|写真提供)\W*",
    re.IGNORECASE,
)
"""What stands before a date that is no comment's."""
LEAD = re.compile(
    r"(?:\[[^\]]{0,30}\]\s*"
    r"|#?\d+(?:\.\d+)*[.):]?\s+|#\d[\d.]*\b|(?:(?:user |profile )?avatar(?: (?:of|for))?"
    r"|(?:comment|posted|written|submitted|answered|kommentar|geschrieben|eingestellt|verfasst"
    r"|publié"
    r"|posté|écrit|publicado|escrito|scritto|geplaatst)\s+(?:by|von|par|por|da"
    r"|door)|by|von|par|por"
    r"|benutzerbild von|profilbild von|bild von|le|am|on|el|herr|frau|mr\.?|mrs\.?)\s+"
    r"|[-\u2013\u2014|/·•#@,:]+\s*)",
    re.IGNORECASE,
)
TRAIL = re.compile(
    r"(?:,?\s*(?:mon|tues|wednes|thurs|fri|satur|sun)day|,?\s*(?:mon|diens|donners|frei|sams"
    r"|sonn)tag"
    r"|,?\s*mittwoch|,?\s*sonnabend|[|,·]\s*[^\W\d_]{2,3}"
    r"|\s+(?:am|um|on|at|le|à|el|il|op|la|den|w|dnia|於|于|autor(?:in)?|author|gast"
    r"|guest|moderator"
    r"|op|mod|admin|verfasser|profil|mitglied|member|staff|edited|uhr)"
    r"|[\s\-\u2013\u2014|/·•,:(\[]+)$",
    re.IGNORECASE,
)
