#include "report/fill.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "record/result_file.h"
#include "text/excerpt.h"

namespace biasbench::report {
namespace {

constexpr std::string_view kOpening = "<!-- report:";
constexpr std::string_view kOpeningEnd = " -->";
constexpr std::string_view kClosing = "<!-- /report -->";

[[noreturn]] void Refuse(std::string_view path, std::string_view text, std::size_t at,
                         std::string_view what) {
  throw record::FileError(fmt::format("{}: line {}: {}", text::PathExcerpt(path),
                                      1 + std::ranges::count(text.substr(0, at), '\n'), what));
}

// Calls `write_own` with what people wrote and `write_fact` with each name.
template <class WriteOwn, class WriteFact>
void Walk(std::string_view text, std::string_view path, WriteOwn write_own, WriteFact write_fact) {
  std::size_t at = 0;
  for (;;) {
    const std::size_t opening = text.find(kOpening, at);
    const std::size_t stray = text.find(kClosing, at);
    if (stray < opening) Refuse(path, text, stray, "closes what nothing opened");
    write_own(text.substr(at, opening - at));
    if (opening == std::string_view::npos) return;
    const std::size_t name = opening + kOpening.size();
    const std::size_t end = text.find(kOpeningEnd, name);
    const std::size_t closing = text.find(kClosing, name);
    if (end == std::string_view::npos || closing < end || closing == std::string_view::npos ||
        text.find(kOpening, name) < closing) {
      Refuse(path, text, opening, fmt::format("no '{}' before the next", kClosing));
    }
    write_fact(text.substr(name, end - name), opening);
    at = closing + kClosing.size();
  }
}

}  // namespace

std::string Fill(std::string_view text, const Facts& facts, std::string_view path) {
  std::string filled;
  Walk(
      text, path, [&](std::string_view own) { filled += own; },
      [&](std::string_view name, std::size_t at) {
        const auto fact = facts.find(name);
        if (fact == facts.end()) {
          std::vector<std::string_view> names;
          for (const auto& known : facts) names.push_back(known.first);
          Refuse(path, text, at,
                 fmt::format("no fact '{}': expected one of {}", text::Excerpt(name),
                             fmt::join(names, ", ")));
        }
        const bool is_block = fact->second.ends_with('\n');
        filled += fmt::format("{}{}{}{}{}{}", kOpening, name, kOpeningEnd, is_block ? "\n" : "",
                              fact->second, kClosing);
      });
  return filled;
}

std::string WithoutFacts(std::string_view text) {
  std::string own;
  Walk(
      text, "", [&](std::string_view part) { own += part; }, [](std::string_view, std::size_t) {});
  return own;
}

}  // namespace biasbench::report
