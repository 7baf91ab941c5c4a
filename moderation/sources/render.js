// What the renderer does inside a page: an object with click() and flatten(), as one expression.
(() => {
  const MORE = new RegExp([
    "\\b(?:load|show|view|see|read|more|older|newer|further|next|previous|expand)\\b.*\\b(?:comments?|repl(?:y|ies)|answers?|responses?)\\b",
    "\\bmore (?:comments?|replies)\\b", "^(?:load|show|view) (?:more|all)$",
    "(?:mehr|weitere|alle|ältere|neuere) .*(?:kommentare|antworten|beiträge)", "(?:kommentare|antworten) (?:an)?zeigen",
    "(?:plus de|voir|afficher|autres|charger)\\b.*(?:commentaires?|réponses?)",
    "(?:más|ver|cargar|mostrar)\\b.*(?:comentarios?|respuestas?)",
    "(?:mais|carregar|ver)\\b.*(?:comentários?|respostas?)",
    "(?:altri|carica|mostra|vedi)\\b.*(?:commenti|risposte)",
    "(?:meer|alle|toon)\\b.*(?:reacties|antwoorden)",
    "(?:więcej|pokaż)\\b.*(?:komentarz|odpowied)",
    "(?:ещё|еще|показать|загрузить).*(?:комментари|ответ)",
    "(?:댓글|답글).*(?:더|보기)|더\\s?보기", "(?:コメント|返信).*(?:もっと|表示|読み込)|もっと(?:見る|読む)",
    "(?:更多|查看|加载|載入).*(?:评论|評論|回复|回覆|留言)",
  ].join("|"), "i");
  const NOT = /\b(?:write|leave|add|post|hide|report|sort|log ?in|sign)\b|schreiben|verbergen|ausblenden|melden|écrire|masquer/i;
  const PRESSABLE = "button, a, summary, [role=button], input[type=button]";

  const everywhere = (root) => {
    const found = [...root.querySelectorAll("*")];
    return found.concat(...found.filter((e) => e.shadowRoot).map((e) => everywhere(e.shadowRoot)));
  };

  const flatten = () => {
    const fill = (root) => {
      for (const element of [...root.querySelectorAll("*")]) {
        if (!element.shadowRoot || element.dataset.flattened) continue;
        fill(element.shadowRoot);
        element.dataset.flattened = "yes";
        const box = document.createElement("div");
        box.innerHTML = element.shadowRoot.innerHTML;
        element.append(box);
      }
    };
    fill(document);
    return document.body ? document.body.innerHTML : "";
  };

  // Press the first "load more" that brought something when it was last pressed, or is new.
  const click = () => {
    window.scrollTo(0, document.body ? document.body.scrollHeight : 0);
    const all = everywhere(document);
    for (const element of all) {
      if (!element.matches(PRESSABLE)) continue;
      const words = (element.innerText || element.value || element.getAttribute("aria-label") || "").trim();
      if (!words || words.length > 80 || !MORE.test(words) || NOT.test(words)) continue;
      if (element.disabled || element.hidden || element.__size === all.length) continue;
      element.__size = all.length;
      element.click();
      return true;
    }
    return false;
  };
  return { click, flatten };
})()
