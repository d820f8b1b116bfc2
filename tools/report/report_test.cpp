// The program as users run it, on whole, partial and broken folders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "record/result_file.h"
#include "report/content.h"
#include "report/figures.h"
#include "report/fixture.h"
#include "report/results.h"
#include "report/studies.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ReportTest, WritesReportAndAppendix) {
  sample_.WriteTo(folder_);
  const Outcome outcome = RunReport(folder_);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
  const std::string html = ReadFile(folder_ / "report.html");
  const std::string markdown = ReadFile(folder_ / "report.md");

  const std::string appendix = ReadFile(folder_ / "rows.md");
  for (const auto& [page, names] :
       {std::pair(&markdown, std::vector{"answer", "footprint_by_category", "throughput"}),
        std::pair(&appendix, std::vector{"bias_share", "schedules", "convergence_harmonic3",
                                         "convergence_digits"})}) {
    for (const std::string name : names) {
      EXPECT_THAT(ReadFile(folder_ / "figures" / (name + ".svg")), HasSubstr("</svg>"));
      EXPECT_THAT(*page, HasSubstr("(figures/" + name + ".svg)"));
    }
  }
  EXPECT_THAT(html, HasSubstr("id=\"answer-gnuplot_canvas\""));
  for (const char* name : {"rows.html", "rows.md"}) {
    const std::string text = ReadFile(folder_ / name);
    EXPECT_THAT(text, HasSubstr("needs 9.5 GiB, 8.1 GiB available"));
    EXPECT_THAT(text, HasSubstr("killed: SIGKILL"));
    EXPECT_THAT(text, HasSubstr("the loss is not finite"));
    EXPECT_THAT(text, HasSubstr("bench --filter=footprint/learned/textbook/sgd/inputs:784"));
    EXPECT_THAT(text, HasSubstr("0123abcd"));
  }
  for (const std::string& text : {html, markdown}) {
    EXPECT_THAT(text, HasSubstr("0123abcd"));
    EXPECT_THAT(text, Not(HasSubstr("bench --filter=")));
  }
}

TEST_F(ReportTest, PublishedModelsStandBesideOurShareOfBiases) {
  sample_.WriteTo(folder_);
  const Results results = LoadFolder(folder_);
  const std::vector<Figure> figures = MakeFigures(results, FindAll(results));
  const auto figure = std::ranges::find(figures, "bias_share", &Figure::name);
  ASSERT_NE(figure, figures.end());
  const std::vector<Label>& labels = figure->panels[0].labels;
  ASSERT_EQ(labels.size(), 4U);
  EXPECT_EQ(labels[0].text, "GPT-2");
  EXPECT_NEAR(labels[0].y, 0.067, 0.0005);   // % of its parameters
  EXPECT_NEAR(labels[3].x, 25'502.9, 0.05);  // weights for each bias of ResNet-50
  const Series& ours = figure->panels[0].series[0];
  ASSERT_EQ(ours.points.size(), 2U);
  EXPECT_NEAR(ours.points[1].x, 794, 0.01);  // 784 inputs, 10 outputs
}

TEST_F(ReportTest, GoesOnWithoutAnyOneFile) {
  for (const char* name :
       {"footprint.json", "throughput.json", "convergence.json", "curves.csv", "machine.json"}) {
    sample_.WriteTo(folder_);
    fs::remove(folder_ / name);
    const Outcome outcome = RunReport(folder_);
    EXPECT_EQ(outcome.exit_code, 0) << name << outcome.output;
    std::string escaped = std::regex_replace(std::string(name), std::regex("_"), "\\_");
    EXPECT_THAT(ReadFile(folder_ / "report.md"), HasSubstr(escaped + " is missing")) << name;
  }
}

TEST_F(ReportTest, GoesOnWithFilesWithoutRows) {
  for (json* file : {&sample_.footprint, &sample_.throughput, &sample_.convergence}) {
    (*file)["benchmarks"] = json::array();
  }
  sample_.WriteTo(folder_);
  EXPECT_EQ(RunReport(folder_).exit_code, 0);
  EXPECT_THAT(ReadFile(folder_ / "report.md"), HasSubstr("footprint.json has no rows"));
}

TEST_F(ReportTest, GoesOnWhereNothingCouldBeMeasured) {
  for (json* file : {&sample_.footprint, &sample_.throughput, &sample_.convergence}) {
    for (json& row : (*file)["benchmarks"]) {
      json bare = BaseRow(row["name"], row["strategy"], row["schedule"]);
      bare.update(
          {{"status", "skipped"}, {"reason", "no memory"}, {"task", row.value("task", "")}});
      row = bare;
    }
  }
  sample_.WriteTo(folder_);
  const Outcome outcome = RunReport(folder_);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_THAT(ReadFile(folder_ / "rows.md"), HasSubstr("skipped: no memory"));
}

// report.md of a folder.
std::string ShortReportOf(const fs::path& folder) {
  const Results results = LoadFolder(folder);
  const std::vector<Finding> findings = FindAll(results);
  const std::vector<Figure> figures = MakeFigures(results, findings);
  return MakePages({results, findings, figures}).report;
}

TEST_F(ReportTest, RowsThatDidNotRunToAnEndAreCounted) {
  sample_.WriteTo(folder_);
  EXPECT_THAT(ShortReportOf(folder_),
              HasSubstr("\n9 of 86 rows did not run to an end (7 diverged, 1 killed, 1 skipped); "
                        "reasons: [the appendix](rows.md).\n"));
  const auto keep_ok_and = [&](const std::string& other) {
    for (json* file : {&sample_.footprint, &sample_.throughput, &sample_.convergence}) {
      std::erase_if((*file)["benchmarks"].get_ref<json::array_t&>(), [&](const json& row) {
        const std::string status = row["status"];
        return status != "ok" && status != other;
      });
    }
    sample_.WriteTo(folder_);
  };
  keep_ok_and("killed");
  EXPECT_THAT(ShortReportOf(folder_),
              HasSubstr("\n1 of 78 rows did not run to an end (1 killed); reasons: "));
  keep_ok_and("ok");
  EXPECT_THAT(ShortReportOf(folder_), Not(HasSubstr("run to an end")));
}

TEST_F(ReportTest, AFolderWithoutResultsIsAnError) {
  const Outcome outcome = RunReport(folder_);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("no results here: none of footprint.json"));
  EXPECT_EQ(std::ranges::count(outcome.output, '\n'), 1);
  EXPECT_EQ(RunReport(folder_ / "nowhere").exit_code, 2);
  EXPECT_EQ(RunReport("").exit_code, 2);
  EXPECT_EQ(RunReport(folder_.string() + " --unknown").exit_code, 2);
}

TEST_F(ReportTest, BrokenFilesAreErrorsThatNameThem) {
  const auto expect_error = [&](const char* name, const std::string& text, const char* message) {
    sample_.WriteTo(folder_);
    record::WriteText(folder_ / name, text);
    const Outcome outcome = RunReport(folder_);
    EXPECT_EQ(outcome.exit_code, 2) << text;
    EXPECT_THAT(outcome.output, HasSubstr((folder_ / name).string()));
    EXPECT_THAT(outcome.output, HasSubstr(message));
    EXPECT_FALSE(fs::exists(folder_ / "report.md"));
  };
  const std::string header = sample_.curves.substr(0, sample_.curves.find('\n') + 1);
  expect_error("footprint.json", "{\"context\": ", "");
  expect_error("footprint.json", "{\"context\": {}, \"benchmarks\": []}",
               "schema_version 3, found none");
  expect_error("footprint.json", sample_.convergence.dump(), "found program 'convergence'");
  json foreign_rows = sample_.footprint;
  foreign_rows["benchmarks"] = {{{"name", "BM_Other"}}};
  expect_error("footprint.json", foreign_rows.dump(), "row 'BM_Other' has no 'strategy'");
  for (const json& phases : {json(7), json{{"forward", 7}}, json{{"forward", {{"held", 7}}}},
                             json{{"forward", {{"held_bytes", "7"}}}}}) {
    json footprint = sample_.footprint;
    footprint["benchmarks"][0]["phases"] = phases;
    expect_error("footprint.json", footprint.dump(), "no 'held_bytes' of phase '");
  }
  expect_error("curves.csv", "", "empty");
  expect_error("curves.csv", "epoch,loss\n", "line 1");
  expect_error("curves.csv", header + "a,b,c\n", "line 2: expected 7 fields, found 3");
  expect_error("curves.csv", header + "n,one,0.5,,,,\n", "line 2: epoch 'one'");
  expect_error("curves.csv", header + "n,1,0.5x,,,,\n", "train_loss '0.5x'");
  expect_error("curves.csv", header + ",0,0.5,,,,\n", "line 2: no name");
  expect_error("machine.json", "[]", "not a JSON object");
}

TEST_F(ReportTest, OtherFolderForTheOutput) {
  sample_.WriteTo(folder_ / "in");
  const fs::path output = folder_ / "new" / "out";
  EXPECT_EQ(RunReport((folder_ / "in").string() + " --output=" + output.string()).exit_code, 0);
  EXPECT_TRUE(fs::exists(output / "report.html"));
  EXPECT_TRUE(fs::exists(output / "rows.html"));
  EXPECT_THAT(ReadFile(output / "report.md"), HasSubstr("](../../in/footprint.json)"));
  EXPECT_TRUE(fs::exists(output / "figures" / "bias_share.svg"));
  EXPECT_FALSE(fs::exists(folder_ / "in" / "report.html"));
  const Outcome refused =
      RunReport((folder_ / "in").string() + " --output=" + (folder_ / "log.txt/out").string());
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.output, HasSubstr("--output: cannot make the folder"));
}

TEST_F(ReportTest, TheoryOfTheFolderAboveIsRenderedBeside) {
  const fs::path run = folder_ / "run";
  sample_.WriteTo(run);
  ASSERT_EQ(RunReport(run).exit_code, 0);
  EXPECT_FALSE(fs::exists(run / "theory.html"));
  EXPECT_THAT(ReadFile(run / "report.md"), Not(HasSubstr("theory.md")));
  record::WriteText(folder_ / "theory.md", "# Theory\n\nOf [a report](run/report.md#memory).\n");
  ASSERT_EQ(RunReport(run).exit_code, 0);
  EXPECT_THAT(ReadFile(run / "report.md"), HasSubstr("](../theory.md)"));
  EXPECT_THAT(ReadFile(run / "report.html"), HasSubstr("href=\"theory.html\""));
  EXPECT_THAT(ReadFile(run / "theory.html"), HasSubstr("href=\"report.html#memory\""));
  EXPECT_THAT(ReadFile(run / "theory.html"), HasSubstr("<title>Theory</title>"));
}

// Whoever changes what the report says renders results/reference anew: build/release/tools/report
// results/reference. (Pictures depend on gnuplot's version.)
TEST(Reference, TheCommittedReportIsThatOfTheCommittedRows) {
  const Results results = LoadFolder(REFERENCE);
  const std::vector<Finding> findings = FindAll(results);
  const std::vector<Figure> figures = MakeFigures(results, findings);
  const Pages pages = MakePages({results, findings, figures});
  EXPECT_TRUE(pages.report == ReadFile(fs::path(REFERENCE) / "report.md"));
  EXPECT_TRUE(pages.rows == ReadFile(fs::path(REFERENCE) / "rows.md"));
  for (const Figure& figure : figures) {
    EXPECT_TRUE(fs::exists(fs::path(REFERENCE) / "figures" / (figure.name + ".svg")))
        << figure.name;
  }
  const auto files = fs::directory_iterator(fs::path(REFERENCE) / "figures");
  EXPECT_EQ(std::distance(begin(files), end(files)), std::ssize(figures));
}

TEST_F(ReportTest, NamesFromFilesCannotLeaveTheFolder) {
  sample_.AddConvergence("../../evil", "learned", 1, 0.25);
  sample_.AddConvergence("../../evil", "fixed=1", 1, 0.5);
  sample_.WriteTo(folder_);
  const Outcome outcome = RunReport(folder_);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_TRUE(fs::exists(folder_ / "figures" / "convergence_______evil.svg"));
}

}  // namespace
}  // namespace biasbench::report
