#include "record/result_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <random>

#include "record/temporary_folder.h"

namespace biasbench::record {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kNotAFile =
    ": cannot write: not a plain file, and only such a one can be replaced whole";

class ResultFileTest : public testing::Test {
 protected:
  static void Put(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
  static std::string Text(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::ptrdiff_t FileCount() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }
  static std::string Message(const auto& action) {
    try {
      action();
    } catch (const FileError& error) {
      return error.what();
    }
    return "no error";
  }
  std::string LoadMessage(const std::string& text) const {
    Put(path_, text);
    return Message([&] { LoadResults(path_); });
  }

  const TemporaryFolder temporary_{"result-file"};
  const fs::path folder_ = temporary_.path();
  const fs::path path_ = folder_ / "results.json";
};

TEST_F(ResultFileTest, ReplacesTheWholeFileAndLeavesNothingElse) {
  WriteText(path_, std::string(100'000, 'x'));
  WriteText(path_, "short\n");
  EXPECT_EQ(Text(path_), "short\n");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(ResultFileTest, NonFiniteNumbersBecomeNull) {
  const double infinity = std::numeric_limits<double>::infinity();
  WriteJson(path_, {{"a", {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity, 0.1}}});
  EXPECT_EQ(json::parse(Text(path_)), json::parse(R"({"a": [null, null, null, 0.1]})"));
  WriteJson(path_, {{"a", "\xff"}});
  EXPECT_EQ(json::parse(Text(path_)), json::parse(R"({"a": "\ufffd"})"));
}

TEST_F(ResultFileTest, RefusesWhereNoFileCanBe) {
  const fs::path missing = folder_ / "none" / "results.json";
  const std::string expected =
      missing.string() + ": cannot write: there is no folder " + (folder_ / "none").string();
  EXPECT_EQ(Message([&] { WriteText(missing, ""); }), expected);
  EXPECT_EQ(Message([&] { CheckWritable(missing); }), expected);
  EXPECT_EQ(Message([&] { WriteText(folder_, ""); }), folder_.string() + kNotAFile);
  EXPECT_EQ(Message([] { WriteText("/dev/null", ""); }), std::string("/dev/null") + kNotAFile);
  EXPECT_EQ(Message([] { CheckWritable("/dev/null"); }), std::string("/dev/null") + kNotAFile);
  EXPECT_NE(Message([] { CheckWritable("/proc/results.json"); }), "no error");
}

// `descriptor`, appending to a plain file in the meantime, as a shell's >> does.
class Redirected {
 public:
  Redirected(int descriptor, const fs::path& path)
      : descriptor_(descriptor), kept_(fcntl(descriptor, F_DUPFD_CLOEXEC, 0)) {
    const int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    dup2(file, descriptor_);
    close(file);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;
  ~Redirected() {
    kept_ < 0 ? close(descriptor_) : dup2(kept_, descriptor_);
    close(kept_);
  }

 private:
  int descriptor_;
  int kept_;
};

TEST_F(ResultFileTest, NeverReplacesAStream) {
  Put(path_, "kept\n");
  fs::create_symlink("/dev/stdout", folder_ / "link");
  fs::create_symlink("link", folder_ / "link_to_link");
  ASSERT_EQ(mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  const Redirected nine(9, path_);
  const Redirected out(STDOUT_FILENO, path_);
  for (const fs::path& stream :
       {fs::path("/dev/stdout"), fs::path("/dev/fd/9"), fs::path("/dev/fd/1"),
        fs::path("/proc/self/fd/9"), fs::path("/proc/self/../self/fd/1"),
        fs::path("/proc/thread-self/fd/9"), folder_ / "link", folder_ / "link_to_link",
        folder_ / "fifo"}) {
    EXPECT_EQ(Message([&] { CheckWritable(stream); }), stream.string() + kNotAFile);
    EXPECT_EQ(Message([&] { WriteText(stream, "new"); }), stream.string() + kNotAFile);
  }
  EXPECT_EQ(Text(path_), "kept\n");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
}

TEST_F(ResultFileTest, NeverReplacesTheFileThatIsPrintedTo) {
  Put(path_, "kept\n");
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    const Redirected redirected(descriptor, path_);
    EXPECT_EQ(Message([&] { WriteText(path_, "new"); }),
              path_.string() +
                  ": cannot write: standard output or standard error goes there; "
                  "choose another file");
  }
  EXPECT_EQ(Text(path_), "kept\n");
}

TEST_F(ResultFileTest, CheckWritableLeavesNoTrace) {
  CheckWritable(path_);
  EXPECT_EQ(FileCount(), 0);
  Put(path_, "old");
  CheckWritable(path_);
  EXPECT_EQ(Text(path_), "old");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(ResultFileTest, FollowsASymbolicLink) {
  fs::create_directories(folder_ / "real");
  Put(folder_ / "real/file", "old");
  fs::create_symlink("real/file", path_);
  WriteText(path_, "new");
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_EQ(Text(folder_ / "real/file"), "new");
}

TEST_F(ResultFileTest, FollowsASymbolicLinkToAFileThatIsNotThereYet) {
  fs::create_directories(folder_ / "real");
  fs::create_symlink("real/file", path_);
  WriteText(path_, "new");
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_EQ(Text(folder_ / "real/file"), "new");
  fs::create_symlink("loop", folder_ / "loop");
  EXPECT_EQ(Message([&] { WriteText(folder_ / "loop", ""); }),
            (folder_ / "loop").string() + ": cannot write: Too many levels of symbolic links");
}

// A full disk: writing fails half way.
TEST_F(ResultFileTest, AFailedWriteKeepsTheOldFileAndRemovesTheTemporary) {
  Put(path_, "old");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit tight = before;
  tight.rlim_cur = 1000;
  setrlimit(RLIMIT_FSIZE, &tight);
  const auto handler = signal(SIGXFSZ, SIG_IGN);
  const std::string message = Message([&] { WriteText(path_, std::string(5000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  EXPECT_EQ(message, path_.string() + ": cannot write: File too large");
  EXPECT_EQ(Text(path_), "old");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(ResultFileTest, AWriterKilledAtAnyMomentLeavesAWholeFile) {
  constexpr int kRows = 1'000;
  const auto document = [](int version) {
    json rows = json::array();
    for (int i = 0; i < kRows; ++i) rows.push_back({{"name", "row"}, {"version", version}});
    return json{{"context", json::object()}, {"benchmarks", rows}};
  };
  const std::string texts[] = {DumpJson(document(0)), DumpJson(document(1))};
  WriteText(path_, texts[0]);
  std::mt19937 random(1);
  int seen[] = {0, 0};
  // More rounds where the child hardly gets a processor.
  for (int round = 0; round < 50 || (seen[1] == 0 && round < 1'000); ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (int version = 0;; version = 1 - version) WriteText(path_, texts[version]);
    }
    usleep(static_cast<useconds_t>(random() % 20'000));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const json results = LoadResults(path_);
    ASSERT_EQ(results["benchmarks"].size(), kRows);
    const int version = results["benchmarks"].front()["version"];
    ASSERT_EQ(results["benchmarks"].back()["version"], version);
    ++seen[version];
  }
  EXPECT_GT(seen[1], 0);  // the child did write
}

TEST_F(ResultFileTest, LoadsGoogleBenchmarkWithItsBareNaN) {
  Put(path_, R"({"context": {"host_name": "NaN \"-Infinity"},
                 "benchmarks": [{"name": "a", "x": NaN, "y": -NaN, "z": -Infinity, "u": 1e-3,
                                 "error_message": "Infinity\\"}, {"name": "b", "v": Infinity}]})");
  const json results = LoadResults(path_);
  EXPECT_EQ(results["context"]["host_name"], "NaN \"-Infinity");
  const json& row = results["benchmarks"][0];
  EXPECT_TRUE(row["x"].is_null() && row["y"].is_null() && row["z"].is_null());
  EXPECT_EQ(row["u"], 1e-3);
  EXPECT_EQ(row["error_message"], "Infinity\\");
  EXPECT_TRUE(results["benchmarks"][1]["v"].is_null());
}

// 100,000 deep, any copy of the values would take more stack than there is.
TEST_F(ResultFileTest, RefusesJsonThatIsNestedTooDeep) {
  const auto nested = [](std::size_t depth) {
    return R"({"context": {}, "benchmarks": [], "nested": )" + std::string(depth, '[') +
           std::string(depth, ']') + "}";
  };
  EXPECT_EQ(LoadMessage(nested(90)), "no error");
  const std::string message = path_.string() + ": JSON that is nested more than 100 deep";
  EXPECT_EQ(LoadMessage(nested(101)), message);
  EXPECT_EQ(LoadMessage(nested(100'000)), message);
  EXPECT_EQ(Message([&] { LoadObject(path_); }), message);
}

TEST_F(ResultFileTest, LoadsObjectsOfAnyKeys) {
  Put(path_, R"({"cpu_model": "x", "caches": []})");
  EXPECT_EQ(LoadObject(path_), (json{{"cpu_model", "x"}, {"caches", json::array()}}));
  Put(path_, "[]");
  EXPECT_EQ(Message([&] { LoadObject(path_); }), path_.string() + ": not a JSON object");
  Put(path_, "{");
  EXPECT_EQ(Message([&] { LoadObject(path_); }),
            path_.string() + ": truncated: the JSON ends unfinished after 1 bytes");
}

TEST_F(ResultFileTest, LoadErrorsSayWhatIsWrongInOneLine) {
  EXPECT_EQ(Message([&] { LoadResults(path_); }),
            path_.string() + ": cannot read: No such file or directory");
  EXPECT_EQ(Message([&] { LoadResults(folder_); }),
            folder_.string() + ": cannot read: it is a folder");
  const std::string path = path_.string();
  const std::string good = "{\"context\": {},\n\"benchmarks\": [{\"name\": \"a\"}]}";
  EXPECT_EQ(LoadMessage(good), "no error");
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(LoadMessage(good.substr(0, size)).rfind(path + ": truncated", 0), 0U) << size;
  }
  EXPECT_EQ(LoadMessage("{\n\n  \"context\": [}"), path + ": line 3: not valid JSON");
  EXPECT_EQ(LoadMessage("{\"a\": 1e999}"), path + ": not valid JSON: a number out of range");
  const std::string not_results = path + ": not a results file: ";
  const std::string needs = "it needs an object `context` and an array `benchmarks`";
  EXPECT_EQ(LoadMessage("[]"), not_results + needs);
  EXPECT_EQ(LoadMessage("{\"context\": {}}"), not_results + needs);
  EXPECT_EQ(LoadMessage("{\"context\": {}, \"benchmarks\": {}}"), not_results + needs);
  EXPECT_EQ(LoadMessage("{\"context\": {}, \"benchmarks\": [{\"name\": \"a\"}, {\"name\": 1}]}"),
            not_results + "benchmark 2 has no `name`");
}

}  // namespace
}  // namespace biasbench::record
