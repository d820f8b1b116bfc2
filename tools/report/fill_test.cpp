// Figures that README.md and results/README.md quote.
#include "report/fill.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

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
  EXPECT_THAT(ReadFile(readme), HasSubstr("at batch 64, `in_place`: 0.7"));
  record::WriteText(readme, "<!-- report:nothing --><!-- /report -->\n");
  const Outcome unknown = RunReport(arguments);
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.output, HasSubstr("README.md: line 1: no fact 'nothing'"));
  EXPECT_EQ(RunReport(folder_.string() + " --fill=/no/such").exit_code, 2);
}

// Whoever changes the rows or what is said of them fills both anew: build/release/tools/report
// results/reference --fill=README.md --fill=results/README.md.
TEST(Reference, WhatIsQuotedIsWhatTheCommittedRowsSay) {
  const Results results = LoadFolder(REFERENCE);
  const Facts facts = MakeFacts(results, FindAll(results));
  for (const char* name : {"../README.md", "../../README.md"}) {
    const std::string text = ReadFile(fs::path(REFERENCE) / name);
    EXPECT_TRUE(Fill(text, facts, name) == text) << name;
  }
}

// A figure that people type into a finding would stay when the rows change.
TEST(Reference, FindingsHaveNoFiguresOutsideOfMarkers) {
  const std::regex figure("[^ ]*[0-9]([.,][0-9]| ?(%|MiB|GiB|times)).*");
  const auto figure_in = [&](const std::string& text) {
    const std::string own =
        std::regex_replace(WithoutFacts(text), std::regex("95 % interval"), "interval");
    std::smatch match;
    return std::regex_search(own, match, figure) ? match.str() : "";
  };
  EXPECT_EQ(figure_in("a million, 784 inputs, [95 % interval]"), "");
  EXPECT_EQ(figure_in("ends 28 times higher"), "28 times higher");
  EXPECT_EQ(figure_in("of 3.2 GiB"), "3.2 GiB");

  const std::string readme = ReadFile(fs::path(REFERENCE) / "../../README.md");
  const std::size_t answer = readme.find("## The answer");
  ASSERT_NE(answer, std::string::npos);
  EXPECT_EQ(figure_in(readme.substr(answer, readme.find("\n## ", answer) - answer)), "");
  const std::string rules = ReadFile(fs::path(REFERENCE) / "../README.md");
  for (std::size_t at = rules.find("In `reference/"); at != std::string::npos;
       at = rules.find("In `reference/", at + 1)) {
    EXPECT_EQ(figure_in(rules.substr(at, rules.find("\n\n", at) - at)), "");
  }
}

}  // namespace
}  // namespace biasbench::report
