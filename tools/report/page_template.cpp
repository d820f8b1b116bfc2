#include "report/page_template.h"

#include <fmt/format.h>

#include <string_view>

namespace biasbench::report {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #f3f5f7;
  --line: #d0d7de; --quiet: #57606a; --link: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --paper: #15181c; --soft: #1f242a; --line: #3a424b; --quiet: #a3adb8;
    --link: #7fb8f0; }
  .picture { filter: brightness(0.88); }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 88rem; padding: 1rem clamp(0.9rem, 3vw, 2rem) 4rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 1rem 0; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 2rem 0 0.8rem; padding-top: 0.8rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 2rem 0 0.6rem; }
p, li { max-width: 50rem; }
h1, h2, h3, p, li, figcaption { overflow-wrap: anywhere; }
h2, h3, figure { scroll-margin-top: 4rem; }
li { margin: 0.5rem 0; }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; padding: 0; list-style: none; }
nav li { margin: 0; }
nav .sub { display: none; }
@media screen and (min-width: 72rem) {
  body { display: grid; grid-template-columns: 15rem minmax(0, 1fr); column-gap: 2.5rem; }
  nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto;
    font-size: 0.88rem; line-height: 1.35; }
  nav ul { display: block; }
  nav li { margin: 0.45rem 0; }
  nav .sub { display: block; margin-left: 0.9rem; }
}
@media screen and (min-width: 84rem) {
  figure { display: grid; grid-template-columns: minmax(0, 50rem) minmax(10rem, 1fr);
    column-gap: 1.2rem; align-items: start; }
  figcaption { margin-top: 0; }
}
li li { margin: 0.25rem 0; }
code, pre { font-family: ui-monospace, "Liberation Mono", monospace; font-size: 0.88em; }
code { background: var(--soft); border-radius: 3px; padding: 0.05em 0.25em; }
.scroll { overflow-x: auto; margin: 0.8rem 0 1.6rem; border: 1px solid var(--line);
  border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem;
  font-variant-numeric: tabular-nums; }
.caption { color: var(--quiet); font-size: 0.92rem; }
th, td { padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; }
td { border-top: 1px solid var(--line); }
td[align="right"] { white-space: nowrap; }
td:first-child { position: sticky; left: 0; background: var(--paper); }
th { background: var(--soft); vertical-align: bottom; white-space: normal; }
th[align="right"], td[align="right"] { text-align: right; }
figure { margin: 1.2rem 0 2rem; }
.picture { background: #fff; color: #000; border: 1px solid var(--line); border-radius: 6px; }
.picture svg { display: block; width: 100%; max-width: 50rem; height: auto; margin: 0 auto; }
@media screen and (max-width: 40rem) {
  .picture { overflow-x: auto; }
  .picture svg { min-width: 36rem; }
}
figcaption { color: var(--quiet); font-size: 0.92rem; margin-top: 0.5rem; max-width: 50rem; }
#the-answer-as-measured + p { font-size: 1.25rem; font-weight: 600; line-height: 1.4; }
summary { cursor: pointer; margin: 0.8rem 0; }
pre { overflow-x: auto; padding: 0.7rem; background: var(--soft); border-radius: 6px; }
.search { position: sticky; top: 0; z-index: 1; padding: 0.6rem 0; background: var(--paper);
  border-bottom: 1px solid var(--line); }
.search input { font: inherit; color: inherit; background: var(--soft); max-width: 100%;
  width: 24rem; padding: 0.3rem 0.5rem; border: 1px solid var(--quiet); border-radius: 4px; }
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #f3f5f7; --line: #bbb; --quiet: #444;
    --link: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .search, #commands-appendix, #commands-appendix ~ * { display: none; }
  .scroll, .picture { overflow: visible; border: 0; filter: none; }
  .picture svg { max-height: 20cm; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  table { font-size: 6.5pt; }
  th, td, td[align="right"] { padding: 1pt 2pt; white-space: normal; overflow-wrap: anywhere; }
  td:first-child { position: static; }
  figure, tr { break-inside: avoid; }
  h2, h3, .caption, summary { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
)";

constexpr std::string_view kSearchField =
    "<div class=\"search\" hidden><label>Rows with <input type=\"search\" autocomplete=\"off\" />"
    "</label> <output></output></div>\n";

// Shows the rows that hold every word, in themselves or in their table's heading or caption, and
// of the page only what has such rows.
constexpr std::string_view kSearchScript = R"(<script>
const search = document.querySelector('.search');
const field = search.querySelector('input');
const sections = [];  // each a heading and what follows it
for (const part of document.querySelector('main').children) {
  if (part.matches('h2, h3')) sections.push([]);
  sections.at(-1)?.push(part);
}
field.addEventListener('input', () => {
  const words = field.value.toLowerCase().split(/\s+/);
  const isOn = field.value !== '';
  let found = 0;
  for (const parts of sections) {
    const about = parts.filter((part) => part.matches('h3, .caption'));
    const title = about.map((part) => part.textContent).join(' ');
    let shown = 0;
    for (const row of parts.flatMap((part) => [...part.querySelectorAll('tbody tr')])) {
      const text = `${title} ${row.textContent}`.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    for (const part of parts) {
      part.hidden = isOn && shown === 0;
      if (part.matches('details')) part.open = isOn;
    }
    found += shown;
  }
  search.querySelector('output').textContent = isOn ? `${found} found` : '';
});
search.hidden = false;
</script>
)";

}  // namespace

std::string FillTemplate(const HtmlPage& page) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n"
      "<nav aria-label=\"Contents\"><ul>\n{}</ul></nav>\n<main>\n{}{}</main>\n{}</body>\n</html>\n",
      page.title, kStyle, page.contents, page.has_search ? kSearchField : "", page.body,
      page.has_search ? kSearchScript : "");
}

}  // namespace biasbench::report
