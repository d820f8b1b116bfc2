#include "record/result_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "record/result_file.h"
#include "record/temporary_folder.h"

namespace biasbench::record {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class ResultRows : public ::testing::Test {
 protected:
  ResultRow Only(const json& row) const {
    file_["benchmarks"] = json::array({row});
    return Load().rows.at(0);
  }
  ResultFile Load() const {
    WriteJson(path_, file_);
    return LoadRows(path_);
  }
  // The error message about the file, without its name.
  std::string Message() const {
    try {
      Load();
    } catch (const FileError& error) {
      const std::string message = error.what();
      const std::string start = path_.string() + ": ";
      return message.starts_with(start) ? message.substr(start.size()) : "names no file";
    }
    return "no error";
  }
  std::string MessageOf(const json& row) const {
    file_["benchmarks"] = json::array({row});
    return Message();
  }

  const TemporaryFolder temporary_{"result-rows"};
  const fs::path path_ = temporary_.path() / "some.json";
  mutable json file_{{"context", {{"schema_version", kSchemaVersion}, {"program", "footprint"}}},
                     {"benchmarks", json::array()}};
};

TEST_F(ResultRows, AreTyped) {
  const ResultRow row = Only({{"name", "a word"},
                              {"status", "ok"},
                              {"strategy", "learned"},
                              {"hidden", 1000},
                              {"is_ours", true},
                              {"reason", "none"},
                              {"bias_share", 0.25},
                              {"untracked_bytes", nullptr},
                              {"phases", {{"build", {{"held_bytes", 7}}}}},
                              {"list", {1, 2}}});
  EXPECT_EQ(row.name, "a word");
  EXPECT_EQ(row.program, "footprint");
  EXPECT_EQ(row.where.Name(), "learned/hidden:1000");
  EXPECT_EQ(row.Text("reason"), "none");
  EXPECT_EQ(row.Text("bias_share"), "");
  EXPECT_EQ(row.Number("bias_share"), 0.25);
  EXPECT_EQ(row.Number("is_ours"), 1);
  EXPECT_EQ(row.Number("reason"), std::nullopt);
  EXPECT_EQ(row.Number("list"), std::nullopt);
  EXPECT_EQ(row.held_bytes.at("build"), 7);
}

// A measured nothing is told from a key that does not apply.
TEST_F(ResultRows, NotFiniteIsNoNumber) {
  WriteText(path_, R"({"context": {"schema_version": 3, "program": "convergence"},
                       "benchmarks": [{"name": "n", "train_loss": NaN, "test_loss": -Infinity}]})");
  const ResultRow row = LoadRows(path_).rows.at(0);
  for (const char* key : {"train_loss", "test_loss"}) {
    EXPECT_TRUE(std::isnan(row.numbers.at(key)));
    EXPECT_EQ(row.Number(key), std::nullopt);
    EXPECT_EQ(row.NumberOrZero(key), 0);
  }
  EXPECT_FALSE(row.numbers.contains("test_accuracy"));
  EXPECT_EQ(row.Number("test_accuracy"), std::nullopt);
}

TEST_F(ResultRows, AggregatesAreLeftOut) {
  file_["benchmarks"] = {{{"name", "a"}, {"run_type", "iteration"}},
                         {{"name", "a_mean"}, {"run_type", "aggregate"}},
                         {{"name", "b"}}};
  const ResultFile file = Load();
  ASSERT_EQ(file.rows.size(), 2U);
  EXPECT_EQ(file.rows[1].name, "b");
  EXPECT_EQ(file.program, "footprint");
  EXPECT_EQ(file.context, file_["context"]);
}

TEST_F(ResultRows, StatusOfGoogleBenchmarksOwn) {
  EXPECT_EQ(Only({{"name", "n"}}).status, "ok");
  EXPECT_EQ(Only({{"name", "n"}, {"error_occurred", false}}).status, "ok");
  EXPECT_EQ(Only({{"name", "n"}, {"error_occurred", true}}).status, "error");
  EXPECT_EQ(Only({{"name", "n"}, {"error_occurred", true}, {"status", "skipped"}}).status,
            "skipped");
}

TEST_F(ResultRows, TimesAreSeconds) {
  json row{{"name", "n"}, {"real_time", 2e3}, {"cpu_time", 4e3}};
  EXPECT_DOUBLE_EQ(Only(row).NumberOrZero("real_time"), 2e-6);
  row["time_unit"] = "ms";
  EXPECT_DOUBLE_EQ(Only(row).NumberOrZero("real_time"), 2);
  EXPECT_DOUBLE_EQ(Only(row).NumberOrZero("cpu_time"), 4);
  row["status"] = "skipped";
  EXPECT_FALSE(Only(row).numbers.contains("real_time"));
}

TEST_F(ResultRows, WrongTypesAreErrorsThatNameTheRow) {
  EXPECT_EQ(MessageOf({{"name", "n"}, {"status", 5}}), "row 'n': status is not a text");
  EXPECT_EQ(MessageOf({{"name", "n"}, {"status", "odd"}}),
            "row 'n': unknown status odd, not one of ok, skipped, error, diverged, killed");
  EXPECT_EQ(MessageOf({{"name", "n"}, {"time_unit", nullptr}}), "row 'n': time_unit is not a text");
  EXPECT_EQ(MessageOf({{"name", "n"}, {"time_unit", "h"}}), "row 'n': unknown time_unit h");
  for (const json& phases :
       {json(7), json{{"", 7}}, json{{"", {{"held", 7}}}}, json{{"", {{"held_bytes", "7"}}}}}) {
    EXPECT_EQ(MessageOf({{"name", "n"}, {"phases", phases}}),
              "row 'n': no 'held_bytes' of phase ''");
  }
  EXPECT_EQ(MessageOf({{"strategy", "learned"}}), "not a results file: benchmark 1 has no `name`");
}

TEST_F(ResultRows, OnlyTodaysSchemaIsReadAndOlderOnesAreToldWhatToDo) {
  EXPECT_EQ(Message(), "no error");
  const std::string start = "expected schema_version 3, found ";
  file_["context"]["schema_version"] = 2;
  EXPECT_EQ(Message(), start + "2; tools/migrate_results brings older files here");
  file_["context"]["schema_version"] = 4;
  EXPECT_EQ(Message(), start + "4");
  file_["context"]["schema_version"] = "3";
  EXPECT_EQ(Message(), start + "\"3\"");
  file_["context"].erase("schema_version");
  EXPECT_EQ(Message(), start + "none");
}

TEST_F(ResultRows, NeedAProgram) {
  file_["context"]["program"] = 7;
  EXPECT_EQ(Message(), "program is not a text");
  file_["context"].erase("program");
  EXPECT_EQ(Message(), "the context names no program");
}

TEST_F(ResultRows, TheMachineIsBesideThem) {
  Load();
  EXPECT_FALSE(LoadMachine(temporary_.path()));
  WriteText(temporary_.path() / "machine.json", R"({"logical_cores": 2})");
  for (const fs::path& path : {temporary_.path(), path_}) {
    EXPECT_EQ(LoadMachine(path).value().at("logical_cores"), 2);
  }
  WriteText(temporary_.path() / "machine.json", "[]");
  EXPECT_THROW(LoadMachine(path_), FileError);
}

}  // namespace
}  // namespace biasbench::record
