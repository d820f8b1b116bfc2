// The programs' output for people: the table of rows, progress, and the note on a busy machine.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>

#include "bench/program/programs_fixture.h"
#include "text/columns.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

// A terminal that programs print to.
class Terminal {
 public:
  Terminal() : master_(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    if (grantpt(master_) != 0 || unlockpt(master_) != 0) {
      throw std::system_error(errno, std::generic_category(), "a terminal");
    }
    path_ = ptsname(master_);
    slave_ = open(path_.c_str(), O_RDWR | O_NOCTTY);  // so that nothing is lost when programs end
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    close(slave_);
    close(master_);
  }

  const std::string& path() const { return path_; }

  // Everything printed so far.
  const std::string& Text() {
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = read(master_, buffer.data(), buffer.size())) > 0;) {
      text_.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text_;
  }

 private:
  int master_;
  int slave_ = -1;
  std::string path_;
  std::string text_;
};

// Waits for at most a minute.
bool WaitFor(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

TEST_F(Programs, RowsFitAHundredAndTwentyColumns) {
  for (const Arguments& run : std::vector<Arguments>{
           {"footprint", "--inputs=3,4", "--schedules=streaming_recompute", "--optimizers=sgd,adam",
            "--strategies=warmup_then_frozen,none"},
           {"throughput", "--inputs=3", "--schedules=recompute,textbook", "--batch=1,2",
            "--strategies=learned", "--benchmark_min_time=0.001", "--benchmark_repetitions=2"},
           {"convergence", "--task=digits,harmonic3", "--epochs=1", "--strategies=fixed=1,none",
            "--seeds=1,2", "--activation=relu,tanh"},
           {"stability", "--task=digits", "--epochs=1", "--strategies=fixed=1,none"},
           {"tile_phases", "--seconds=0.001"}}) {
    Arguments flags(run.begin() + 1, run.end());
    flags.insert(flags.end(), {"--hidden=100", "--threads=1"});
    ASSERT_EQ(Run(run[0], flags), 0) << Errors();
    EXPECT_TRUE(Output().starts_with(run[0] + "  ")) << Output();
    EXPECT_GE(LinesOf(Output()), 2U + 2U);
    std::istringstream lines(Output());
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(text::ColumnsOf(line), text::kConsoleColumns) << line;
    }
  }
}

TEST_F(Programs, ATerminalGetsColorsUnlessTheyAreUnwanted) {
  const Arguments flags = {"--hidden=10", "--inputs=3", "--strategies=none",
                           "--schedules=recompute", "--threads=1"};
  const auto printed = [&] {
    Terminal terminal;
    EXPECT_EQ(Wait(Start("footprint", flags, terminal.path())), 0) << Errors();
    return terminal.Text();
  };
  unsetenv("NO_COLOR");
  EXPECT_NE(printed().find("\x1b[1m"), std::string::npos) << printed();
  setenv("NO_COLOR", "1", 1);
  EXPECT_EQ(printed().find('\x1b'), std::string::npos) << printed();
  EXPECT_NE(printed().find("of peak"), std::string::npos);
  unsetenv("NO_COLOR");
}

// Rows that never end.
const Arguments kEndless = {"--hidden=100", "--strategies=learned,none", "--epochs=1e9",
                            "--threads=1"};

TEST_F(Programs, ATerminalShowsProgressInOneLineWithTheTimeLeft) {
  setenv("TERM", "xterm", 1);
  Terminal terminal;
  const pid_t program = Start("convergence", kEndless, "stdout", terminal.path());
  EXPECT_TRUE(WaitFor([&] { return terminal.Text().find(" left: ") != std::string::npos; }))
      << terminal.Text();
  kill(program, SIGKILL);
  Wait(program);
  const std::size_t line = terminal.Text().find("\r\033[Krow 1 of 2");
  EXPECT_NE(line, std::string::npos) << terminal.Text();
  EXPECT_EQ(terminal.Text().find('\n', line), std::string::npos) << terminal.Text();
  EXPECT_NE(terminal.Text().find(" done, loss "), std::string::npos) << terminal.Text();
}

TEST_F(Programs, ElsewhereProgressIsAPlainLine) {
  const pid_t program = Start("convergence", kEndless);
  EXPECT_TRUE(WaitFor([&] { return Errors().find("row 1 of 2") != std::string::npos; }))
      << Errors();
  kill(program, SIGKILL);
  Wait(program);
  EXPECT_NE(Errors().find("\nconvergence/harmonic3/learned/"), std::string::npos) << Errors();
  EXPECT_EQ(Errors().find_first_of("\r\x1b"), std::string::npos) << Errors();
  EXPECT_EQ(Output(), "");
}

// Leaves this program, and those that it starts, one processor.
class OneProcessor {
 public:
  OneProcessor() {
    sched_getaffinity(0, sizeof(all_), &all_);
    int first = 0;
    while (!CPU_ISSET(first, &all_)) ++first;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    sched_setaffinity(0, sizeof(one), &one);
  }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;
  ~OneProcessor() { sched_setaffinity(0, sizeof(all_), &all_); }

 private:
  cpu_set_t all_{};
};

TEST_F(Programs, ProcessorsHeldBackAreNotedAndInTheContext) {
  const OneProcessor one;
  ASSERT_EQ(Record("footprint", {"--hidden=10", "--inputs=3", "--strategies=none"}), 0) << Errors();
  const json load = Results()["context"]["machine_load"];
  EXPECT_LE(load["allowed_processors"], 1);
  if (load["processors"].is_null() || load["processors"] == 1) return;  // nothing is held back
  EXPECT_TRUE(Errors().starts_with("footprint: times will vary: ")) << Errors();
  EXPECT_NE(Errors().find("the affinity mask has 1 of "), std::string::npos) << Errors();
}

TEST_F(Programs, ANoteDoesNotStandBesideAnError) {
  const OneProcessor one;
  EXPECT_EQ(Run("convergence", {"--hidden=10", "--epochs=1", "--curves=/dev/stdout"}), 2);
  EXPECT_TRUE(Errors().starts_with("convergence: /dev/stdout: ")) << Errors();
  EXPECT_EQ(LinesOf(Errors()), 1U) << Errors();
}

}  // namespace
}  // namespace biasbench::bench
