// The report and its appendix side by side: links lead somewhere, nothing is lost between them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bias/strategies.h"
#include "report/content.h"
#include "report/figures.h"
#include "report/html.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// The pages of results/reference.
struct Reference {
  Results results = LoadFolder(REFERENCE);
  std::vector<Finding> findings = FindAll(results);
  std::vector<Figure> figures = MakeFigures(results, findings);
  Pages pages = MakePages({results, findings, figures});

  // By file, with empty pictures.
  std::map<std::string, std::string> Html() const {
    std::map<std::string, std::string> pictures;
    for (const Figure& figure : figures) {
      pictures[figure.name] = "<svg viewBox=\"0 0 1 1\"></svg>";
    }
    return {{"report.html", HtmlOf(pages.report, pictures)},
            {"rows.html", HtmlOf(pages.rows, pictures, true)},
            {"theory.html", HtmlOf(results.theory.value(), {})}};
  }
};

const Reference& TheReference() {
  static const Reference reference;
  return reference;
}

// The matches of the pattern's first group.
std::vector<std::string> Matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator i(text.begin(), text.end(), expression), end; i != end; ++i) {
    found.push_back((*i)[1]);
  }
  return found;
}

std::size_t Count(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// The number of occurrences on both pages together.
std::size_t CountOnPages(const std::string& part) {
  const auto& [report, rows] = TheReference().pages;
  return Count(report, part) + Count(rows, part);
}

using Anchors = std::map<std::string, std::vector<std::string>>;  // by page

// Every target is an anchor that its page has exactly once, a page, or a file of results/reference.
void ExpectLinksLeadSomewhere(const std::vector<std::string>& targets, const std::string& from,
                              const Anchors& anchors) {
  for (const std::string& target : targets) {
    if (target.starts_with("https://")) continue;
    const std::size_t hash = std::min(target.find('#'), target.size());
    const std::string file = hash == 0 ? from : target.substr(0, hash);
    if (!anchors.contains(file)) {
      EXPECT_TRUE(fs::exists(fs::path(REFERENCE) / file)) << from << ": " << target;
    } else if (hash < target.size()) {
      EXPECT_EQ(std::ranges::count(anchors.at(file), target.substr(hash + 1)), 1)
          << from << ": " << target;
    }
  }
}

TEST(Pages, LinksOfHtmlLeadSomewhere) {
  const auto pages = TheReference().Html();
  Anchors anchors;
  for (const auto& [name, html] : pages) anchors[name] = Matches(html, "\\bid=\"([^\"]*)\"");
  for (const auto& [name, html] : pages) {
    const std::vector<std::string> targets = Matches(html, "href=\"([^\"]*)\"");
    EXPECT_GE(targets.size(), 8U) << name;
    ExpectLinksLeadSomewhere(targets, name, anchors);
  }
  // One name is one place over both pages.
  std::vector<std::string> all = anchors["report.html"];
  all.insert(all.end(), anchors["rows.html"].begin(), anchors["rows.html"].end());
  std::ranges::sort(all);
  const auto twice = std::ranges::adjacent_find(all);
  EXPECT_EQ(twice, all.end()) << *twice;
}

// GitHub names headings after their text without markup.
std::vector<std::string> AnchorsOfMarkdown(const std::string& markdown) {
  std::vector<std::string> anchors = Matches(markdown, "<a id=\"([^\"]*)\">");
  for (const std::string& heading : Matches(markdown, "(?:^|\n)#+ ([^\n]*)")) {
    anchors.push_back(SlugOf(std::regex_replace(heading, std::regex("\\\\(.)"), "$1")));
  }
  return anchors;
}

TEST(Pages, LinksOfMarkdownLeadSomewhere) {
  const std::map<std::string, std::string> pages = {{"report.md", TheReference().pages.report},
                                                    {"rows.md", TheReference().pages.rows}};
  Anchors anchors;
  for (const auto& [name, markdown] : pages) anchors[name] = AnchorsOfMarkdown(markdown);
  for (const auto& [name, markdown] : pages) {
    std::vector<std::string> targets = Matches(markdown, R"([^\\]\]\(([^)]*)\))");
    std::erase_if(targets, [](const std::string& target) { return target.ends_with(".svg"); });
    EXPECT_FALSE(targets.empty()) << name;
    ExpectLinksLeadSomewhere(targets, name, anchors);
  }
}

TEST(Pages, EveryFigureAndTableStandsOnOneOfThem) {
  const Reference& reference = TheReference();
  for (const Figure& figure : reference.figures) {
    EXPECT_EQ(CountOnPages("(figures/" + figure.name + ".svg)"), 1U) << figure.name;
  }
  for (const Finding& finding : reference.findings) {
    if (finding.families.empty()) continue;
    EXPECT_EQ(CountOnPages("\n### " + std::string(finding.study->title) + "\n"), 1U)
        << finding.study->slug;
  }
  std::size_t tables = 0;
  for (const Section& section : Sections()) {
    for (const TableEntry& entry : section.tables) {
      for (const TitledTable& made :
           entry.make({reference.results, reference.findings, reference.figures})) {
        if (made.table.rows.empty()) continue;
        ++tables;
        EXPECT_EQ(CountOnPages("\n### " + made.title + "\n"), 1U) << made.title;
      }
    }
  }
  EXPECT_EQ(CountOnPages("\n|---"), tables);
}

// Whatever else there is of a section stands in the appendix, behind a link.
TEST(Pages, ASectionOfTheReportHasOneFigureOrOneTable) {
  const std::string& report = TheReference().pages.report;
  std::size_t sections = 0;
  for (std::size_t at = report.find("\n## "); at != std::string::npos; ++sections) {
    const std::size_t next = report.find("\n## ", at + 1);
    const std::string section = report.substr(at, next - at);
    EXPECT_LE(Count(section, "(figures/") + Count(section, "\n|---"), 1U) << section.substr(0, 40);
    at = next;
  }
  EXPECT_GE(sections, 10U);
  EXPECT_LE(std::ranges::count(report, '\n'), 240);
  EXPECT_LE(report.size(), 24'000U);
}

TEST(Pages, SectionsThatTheReportLeavesOutKeepTheirPlacesInIt) {
  const std::string& report = TheReference().pages.report;
  for (const std::string title : {"Mistakes in backpropagation", "Machine and build", "Commands"}) {
    EXPECT_THAT(report, Not(HasSubstr("\n## " + title)));
    EXPECT_EQ(Count(report, "\n<a id=\"" + SlugOf(title) + "\"></a>" + title + ": ["), 1U);
  }
}

TEST(Pages, CommandsStandInTheAppendixAlone) {
  const auto& [results, findings, figures, pages] = TheReference();
  EXPECT_THAT(pages.report, Not(HasSubstr("--seed=")));
  for (const auto* file : {&results.footprint, &results.throughput, &results.convergence,
                           &results.stability, &results.peers}) {
    if (!*file || (*file)->rows.empty()) continue;
    EXPECT_THAT(pages.rows, HasSubstr("| `" + (*file)->rows.back().Text("command") + "` |\n"));
  }
}

TEST(Pages, TheSearchFieldIsOfTheAppendixAndHiddenWithoutScripts) {
  const auto pages = TheReference().Html();
  EXPECT_THAT(pages.at("rows.html"), HasSubstr("<div class=\"search\" hidden>"));
  EXPECT_EQ(Count(pages.at("rows.html"), "<script"), 1U);
  for (const char* name : {"report.html", "theory.html"}) {
    EXPECT_THAT(pages.at(name), Not(HasSubstr("<script"))) << name;
    EXPECT_THAT(pages.at(name), Not(HasSubstr("<input"))) << name;
  }
}

// By WCAG 2.1, of "#1b1f24" or "#fff".
double Luminance(const std::string& colour) {
  constexpr double kWeights[] = {0.2126, 0.7152, 0.0722};
  const std::size_t digits = colour.size() / 3;
  double luminance = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    std::string part = colour.substr(1 + i * digits, digits);
    if (digits == 1) part += part;
    const double share = std::stoi(part, nullptr, 16) / 255.0;
    luminance +=
        kWeights[i] * (share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4));
  }
  return luminance;
}

double ContrastRatio(const std::string& a, const std::string& b) {
  const auto [darker, lighter] = std::minmax({Luminance(a), Luminance(b)});
  return (lighter + 0.05) / (darker + 0.05);
}

TEST(Pages, LinesStandOutFromTheirPicture) {
  std::set<std::string> colours;
  for (const Figure& figure : TheReference().figures) {
    for (const Panel& panel : figure.panels) {
      for (const Series& series : panel.series) colours.emplace(series.style.colour);
    }
  }
  for (const bias::Selection& selection : bias::AllSelections()) {
    colours.emplace(StyleOf(selection.Name()).colour);
  }
  for (std::size_t i = 0; i < 20; ++i) colours.emplace(StyleAt(i).colour);
  EXPECT_GE(colours.size(), 8U);
  // Beyond 3 by what the dark scheme takes, which dims pictures.
  for (const std::string& colour : colours) EXPECT_GE(ContrastRatio(colour, "#fff"), 3.2) << colour;
}

// On the screen in light and dark, and on paper.
TEST(Pages, TextsStandOutFromWhatIsBehindThem) {
  EXPECT_NEAR(ContrastRatio("#000", "#ffffff"), 21, 1e-9);
  const std::vector<std::string> palettes = Matches(HtmlOf("# Title\n", {}), ":root \\{([^}]*)\\}");
  ASSERT_EQ(palettes.size(), 3U);
  for (const std::string& palette : palettes) {
    const auto colour = [&](const std::string& name) {
      return Matches(palette, "--" + name + ": (#[0-9a-f]+)").at(0);
    };
    for (const char* text : {"ink", "quiet", "link"}) {
      for (const char* behind : {"paper", "soft"}) {
        EXPECT_GE(ContrastRatio(colour(text), colour(behind)), 4.5) << text << " on " << behind;
      }
    }
  }
}

}  // namespace
}  // namespace biasbench::report
