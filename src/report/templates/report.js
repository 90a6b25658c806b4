// Filters and folds. The page reads whole without it.
(() => {
  const tools = document.querySelector(".tools");
  const only = document.getElementById("only-attention");
  const tests = () => document.querySelectorAll("details.test");
  const fold = (open) => tests().forEach((test) => { test.open = open; });
  const unfoldTarget = () => {
    let target = document.getElementById(location.hash.slice(1));
    if (target && target.hidden) { only.click(); }
    for (; target; target = target.parentElement) {
      if (target.tagName === "DETAILS") { target.open = true; }
    }
  };
  document.getElementById("unfold").addEventListener("click", () => fold(true));
  document.getElementById("fold").addEventListener("click", () => fold(false));
  only.addEventListener("click", () => {
    const on = only.getAttribute("aria-pressed") !== "true";
    only.setAttribute("aria-pressed", String(on));
    tests().forEach((test) => { test.hidden = on && test.dataset.attention === "no"; });
    document.querySelectorAll(".topic").forEach((topic) => {
      topic.hidden = on && !topic.querySelector("details.test:not([hidden])");
    });
  });
  addEventListener("hashchange", unfoldTarget);
  unfoldTarget();
  tools.hidden = false;
})();
