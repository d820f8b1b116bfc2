#include "report/builds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/result_file.h"
#include "report/fixture.h"

namespace biasbench::report {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json PeersFile(const char* commit) {
  json context = Context("peers");
  context["git_sha"] = commit;
  return {{"context", context}, {"benchmarks", json::array()}};
}

TEST_F(ReportTest, FilesOfOneBuildGiveNoWarning) {
  sample_.machine["git_sha"] = "0123abcd";
  sample_.machine["git_is_dirty"] = false;
  sample_.WriteTo(folder_);
  record::WriteJson(folder_ / "peers.json", PeersFile("0123abcd"));
  const Results results = LoadFolder(folder_);
  EXPECT_EQ(BuildWarning(results), "");
  EXPECT_EQ(CommitPhrase(results), "at commit `0123abcd`");
}

TEST_F(ReportTest, AnyFileOfAnotherBuildIsWarnedOfLoudly) {
  sample_.WriteTo(folder_);
  record::WriteJson(folder_ / "peers.json", PeersFile("4567ef"));
  const Outcome outcome = RunReport(folder_);
  EXPECT_EQ(outcome.exit_code, 0);
  for (const std::string& text : {outcome.output, ReadFile(folder_ / "report.html")}) {
    EXPECT_THAT(text, HasSubstr("WARNING: these files are not of one build"));
    EXPECT_THAT(text, HasSubstr("4567ef"));
    EXPECT_THAT(text, HasSubstr("peers.json"));
  }
  EXPECT_THAT(outcome.output,
              HasSubstr("`0123abcd` (`footprint.json`, `throughput.json`, `convergence.json`)"));
  std::filesystem::remove(folder_ / "peers.json");

  for (const char* key : {"flags", "compiler"}) {
    Sample other = sample_;
    other.throughput["context"][key] = "something else";
    other.WriteTo(folder_);
    EXPECT_THAT(BuildWarning(LoadFolder(folder_)), HasSubstr("compilers or flags")) << key;
  }
  Sample dirty = sample_;
  dirty.convergence["context"]["git_is_dirty"] = true;
  dirty.WriteTo(folder_);
  EXPECT_THAT(BuildWarning(LoadFolder(folder_)), HasSubstr("changes that were not committed"));
  Sample machine = sample_;
  machine.machine["git_sha"] = "89ab";
  machine.WriteTo(folder_);
  EXPECT_THAT(BuildWarning(LoadFolder(folder_)), HasSubstr("`89ab` (`machine.json`)"));
}

// Files of the first version name no binary, and machine.json no commit.
TEST_F(ReportTest, OlderFilesAreReadAndTheBuildsOfAllShown) {
  sample_.WriteTo(folder_);
  record::WriteJson(folder_ / "stability.json",
                    {{"context", Context("stability")}, {"benchmarks", json::array()}});
  const Results results = LoadFolder(folder_);
  EXPECT_EQ(BuildWarning(results), "");
  const Table table = BuildTable(results);
  ASSERT_EQ(table.columns.size(), 6U);  // keys, four programs, the machine
  EXPECT_EQ(table.columns[4].title, "stability");
}

}  // namespace
}  // namespace biasbench::report
