// Figures that README.md and the pages of results/ quote.
#include "report/fill.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "record/result_file.h"
#include "report/facts.h"
#include "report/fixture.h"
#include "report/results.h"
#include "report/studies.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const Facts kFacts = {{"loss", "0.5"}, {"table", "| a |\n|---|\n"}};

std::string ErrorOf(const std::string& text) {
  try {
    Fill(text, kFacts, "README.md");
  } catch (const record::FileError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Fill, WritesPhrasesAndBlocksAndNothingElse) {
  const std::string filled = Fill(
      "It is <!-- report:loss -->old<!-- /report -->, and\n<!-- report:table --><!-- /report -->\n",
      kFacts, "README.md");
  EXPECT_EQ(filled,
            "It is <!-- report:loss -->0.5<!-- /report -->, and\n<!-- report:table -->\n"
            "| a |\n|---|\n<!-- /report -->\n");
  EXPECT_EQ(Fill(filled, kFacts, "README.md"), filled);
  EXPECT_EQ(WithoutFacts(filled), "It is , and\n\n");
}

TEST(Fill, MarkersThatDoNotMatchAreNamedByTheirLine) {
  EXPECT_EQ(ErrorOf("\n<!-- report:lost --><!-- /report -->"),
            "README.md: line 2: no fact 'lost': expected one of loss, table");
  EXPECT_THAT(ErrorOf("a <!-- report:loss -->\n b"), HasSubstr("line 1: no '<!-- /report -->'"));
  EXPECT_THAT(ErrorOf("<!-- report:loss --><!-- report:loss --><!-- /report -->"),
              HasSubstr("line 1: no '<!-- /report -->' before the next"));
  EXPECT_THAT(ErrorOf("<!-- report:loss <!-- /report -->"), HasSubstr("line 1: no"));
  EXPECT_THAT(ErrorOf("\n\n<!-- /report -->"), HasSubstr("line 3: closes what nothing opened"));
}

TEST_F(ReportTest, FillsTheFilesItIsTold) {
  sample_.WriteTo(folder_);
  const fs::path readme = folder_ / "README.md";
  record::WriteText(readme, "<!-- report:limits --><!-- /report -->\n");
  const std::string arguments = folder_.string() + " --fill=" + readme.string();
  EXPECT_EQ(RunReport(arguments).exit_code, 0);
  EXPECT_THAT(ReadFile(readme), HasSubstr("0.700 \\[0.667–0.733\\] at batch 64 (`in_place`)"));
  record::WriteText(readme, "<!-- report:nothing --><!-- /report -->\n");
  const Outcome unknown = RunReport(arguments);
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.output, HasSubstr("README.md: line 1: no fact 'nothing'"));
  EXPECT_EQ(RunReport(folder_.string() + " --fill=/no/such").exit_code, 2);
}

// Markdown files that quote figures, from the repository's root. Whoever changes the rows or what
// is said of them fills all anew: build/release/tools/report results/reference, with --fill=FILE
// for each, as tools/reproduce does.
const std::vector<std::string> kQuoting = {"README.md", "results/README.md", "results/testing.md"};

fs::path Root() { return fs::path(REFERENCE) / "../.."; }

TEST(Reference, WhatIsQuotedIsWhatTheCommittedRowsSay) {
  const Results results = LoadFolder(REFERENCE);
  const Facts facts = MakeFacts(results, FindAll(results));
  for (const std::string& name : kQuoting) {
    const std::string text = ReadFile(Root() / name);
    EXPECT_TRUE(Fill(text, facts, name) == text) << name;
  }
}

TEST(Reference, AFullRunFillsEveryFileThatQuotes) {
  const std::string reproduce = ReadFile(Root() / "tools/reproduce");
  for (const std::string& name : kQuoting) {
    EXPECT_THAT(reproduce, HasSubstr("--fill=" + name)) << name;
  }
  for (const fs::path& folder : {Root(), Root() / "results"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() != ".md") continue;
      const std::string name = fs::relative(entry.path(), Root()).generic_string();
      const bool quotes = ReadFile(entry.path()).find("<!-- report:") != std::string::npos;
      EXPECT_TRUE(!quotes || std::ranges::count(kQuoting, name) == 1) << name;
    }
  }
}

// The first figure of a finding that people wrote; "" if there is none.
std::string FigureIn(const std::string& text) {
  const std::regex figure("[^ ]*[0-9]([.,][0-9]| ?(%|MiB|GiB|times|bytes)).*");
  const std::string own =
      std::regex_replace(WithoutFacts(text), std::regex("95 % interval"), "interval");
  std::smatch match;
  return std::regex_search(own, match, figure) ? match.str() : "";
}

// The text from a mark to the next one of another kind.
std::string Between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string::npos) return "3.2 GiB in no such section: " + from;
  return text.substr(begin, text.find(to, begin + from.size()) - begin);
}

// A figure that people type into a finding would stay when the rows change.
TEST(Reference, FindingsHaveNoFiguresOutsideOfMarkers) {
  EXPECT_EQ(FigureIn("a million, 784 inputs, [95 % interval]"), "");
  EXPECT_EQ(FigureIn("ends 28 times higher"), "28 times higher");
  EXPECT_EQ(FigureIn("of 3.2 GiB"), "3.2 GiB");
  EXPECT_EQ(FigureIn("saves 4 bytes"), "4 bytes");

  const std::string readme = ReadFile(Root() / "README.md");
  EXPECT_EQ(FigureIn(Between(readme, "# biasbench", "\n## ")), "");
  EXPECT_EQ(FigureIn(Between(readme, "\n## The evidence", "\n## ")), "");
  std::size_t findings = 0;
  for (const std::string& name : kQuoting) {
    const std::string text = ReadFile(Root() / name);
    for (std::size_t at = text.find("In `reference/"); at != std::string::npos;
         at = text.find("In `reference/", at + 1)) {
      ++findings;
      EXPECT_EQ(FigureIn(text.substr(at, text.find("\n\n", at) - at)), "") << name;
    }
  }
  EXPECT_GE(findings, 1U);
}

}  // namespace
}  // namespace biasbench::report
