#include "machine/load.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "machine/root_folder_fixture.h"

namespace biasbench::machine {
namespace {

class LoadOfMachine : public RootFolder {
 protected:
  // The counters of two processors; `times` are user, nice, …, steal.
  void WriteTimes(const std::string& times) const {
    Write("proc/stat", "cpu  " + times +
                           " 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\ncpu1 1 2 3 4 5 6 7 8 0 0\n" +
                           "intr 12 3 4\nctxt 5");
  }
  Load Measure(const std::string& before, const std::string& after) const {
    WriteTimes(before);
    return MeasureLoad([&] { WriteTimes(after); }, root_);
  }
};

// Two processors that nothing else uses.
Load Free() {
  return {.processors = 2,
          .masked_processors = 2,
          .quota_processors = std::numeric_limits<double>::infinity(),
          .busy_processors = {},
          .stolen_share = {},
          .load_average = {}};
}

TEST_F(LoadOfMachine, CountsWhatHappensMeanwhile) {
  // Of 20 ticks 5 are user's, 1 the system's, 1 nice, 2 interrupts'; waiting for a disk is idle.
  const Load load = Measure("1000 0 0 5000 0 0 0 0", "1005 1 1 5010 1 1 1 0");
  EXPECT_EQ(load.processors, 2);
  EXPECT_NEAR(load.busy_processors.value(), 2 * 9.0 / 20, 1e-12);
  EXPECT_EQ(Measure("10 0 0 50 0 0 0 0", "10 0 0 70 0 0 0 0").busy_processors, 0.0);
}

TEST_F(LoadOfMachine, CountersThatStandStillSayNothing) {
  EXPECT_FALSE(Measure("0 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0").busy_processors.has_value());
  EXPECT_FALSE(MeasureLoad([] {}, root_ / "nothing").busy_processors.has_value());
  EXPECT_EQ(MeasureLoad([] {}, root_ / "nothing").processors, 0);
  Write("proc/stat", "cpu  1 2 three\ncpu0 1 2 3");
  EXPECT_FALSE(ReadProcessorTimes(root_).has_value());
}

TEST_F(LoadOfMachine, StolenTimeIsOfThatWanted) {
  const Load load = Measure("50 0 0 500 0 0 0 10", "80 0 0 500 0 0 0 20");
  EXPECT_NEAR(load.stolen_share.value(), 0.2, 1e-12);
}

TEST_F(LoadOfMachine, ReadsTheLoadAverageAndTheQuota) {
  Write("proc/loadavg", "1.25 0.70 0.30 2/93 1234");
  Write("proc/self/cgroup", "0::/job");
  Write("sys/fs/cgroup/job/cpu.max", "150000 100000");
  const Load load = Measure("0 0 0 10 0 0 0 0", "0 0 0 20 0 0 0 0");
  EXPECT_EQ(load.load_average, 1.25);
  EXPECT_EQ(load.quota_processors, 1.5);
  EXPECT_GT(load.masked_processors, 0);
}

TEST(Interference, IsEmptyOnAFreeMachine) {
  EXPECT_EQ(Interference(Free()), "");
  Load load = Free();
  load.busy_processors = 0.19;  // whatever started this program
  load.load_average = 2;        // a minute ago
  load.stolen_share = 0.01;
  EXPECT_EQ(Interference(load), "");
  EXPECT_EQ(Interference({}), "");  // the kernel does not tell
}

TEST(Interference, NamesWhatTakesProcessors) {
  Load load = Free();
  load.busy_processors = 0.912;
  EXPECT_EQ(Interference(load), "other programs keep 0.91 of 2 processors busy");
  load.busy_processors.reset();
  load.load_average = 3.5;
  EXPECT_EQ(Interference(load), "other programs keep 2 of 2 processors busy");
  load = Free();
  load.masked_processors = 1;
  load.quota_processors = 1.5;
  load.stolen_share = 0.123;
  EXPECT_EQ(Interference(load),
            "the affinity mask has 1 of 2 processors; a CPU quota allows 1.5 of 2 processors; the "
            "host takes 12 % of the time in which threads would run");
}

TEST(Interference, JsonHasTheFigures) {
  Load load = Free();
  load.busy_processors = 0.5;
  load.quota_processors = 1.5;
  EXPECT_EQ(ToJson(load), (nlohmann::json{{"processors", 2},
                                          {"allowed_processors", 1.5},
                                          {"busy_processors", 0.5},
                                          {"stolen_share", nullptr},
                                          {"load_average", nullptr}}));
}

}  // namespace
}  // namespace biasbench::machine
