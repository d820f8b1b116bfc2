// Commands of launchers, and what they say when they fail.
#include "bench/instance/rank_launch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "record/temporary_folder.h"

namespace biasbench::bench {
namespace {

using Words = std::vector<std::string>;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string ErrorOf(const RankLauncher& launcher) {
  try {
    CheckLauncher(launcher);
    return "";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST(LaunchCommand, StartsAProcessForEachRank) {
  EXPECT_EQ(LaunchCommand({}, 3, {"HOME=/root", "OMP_WAIT_POLICY=passive"}, {"/p", "--flag"}),
            (Words{"mpirun", "-n", "3", "env", "OMP_WAIT_POLICY=passive", "/p", "--flag"}));
  EXPECT_EQ(LaunchCommand({.program = "/opt/mpiexec", .hostfile = "h"}, 2, {}, {"/p"}),
            (Words{"/opt/mpiexec", "-n", "2", "--hostfile", "h", "env", "/p"}));
}

// srun's input would go to all ranks, and a killed rank would leave the others waiting.
TEST(LaunchCommand, SlurmsGivesRankZeroTheInput) {
  const Words command = LaunchCommand({.program = "srun", .hostfile = ""}, 2, {}, {"/p"});
  EXPECT_THAT(command, Contains("--input=0"));
  EXPECT_THAT(command, Contains("--kill-on-bad-exit=1"));
}

TEST(LaunchEnvironment, LetsRanksOutnumberProcessorsOnlyHere) {
  const char* const oversubscribe = "OMPI_MCA_rmaps_base_oversubscribe=1";
  EXPECT_THAT(LaunchEnvironment({}, {}), Contains(oversubscribe));
  EXPECT_THAT(LaunchEnvironment({.program = "mpirun", .hostfile = "h"}, {}),
              Not(Contains(oversubscribe)));
}

TEST(LaunchEnvironment, LeavesWhatIsSet) {
  const Words environment = LaunchEnvironment({}, {"OMPI_MCA_hwloc_base_binding_policy=core"});
  EXPECT_THAT(environment, Contains("OMPI_MCA_hwloc_base_binding_policy=core"));
  EXPECT_THAT(environment, Not(Contains("OMPI_MCA_hwloc_base_binding_policy=none")));
}

TEST(CheckLauncher, NamesTheFlag) {
  EXPECT_EQ(ErrorOf({.program = "env", .hostfile = ""}), "");
  EXPECT_THAT(ErrorOf({.program = "no-such-launcher", .hostfile = ""}),
              StartsWith("--mpi_launcher: there is no program 'no-such-launcher'"));
  EXPECT_THAT(ErrorOf({.program = "/etc/passwd", .hostfile = ""}), StartsWith("--mpi_launcher: "));
  EXPECT_THAT(ErrorOf({.program = "env", .hostfile = "/no/such/file"}),
              StartsWith("--hostfile: cannot read '/no/such/file'"));
  EXPECT_THAT(ErrorOf({.program = "env", .hostfile = "/tmp"}), StartsWith("--hostfile: "));
}

TEST(CheckLauncher, SlurmHasItsOwnHosts) {
  const record::TemporaryFolder folder("biasbench-launcher");
  const std::string srun = folder.path() / "srun";
  std::ofstream(srun) << "#!/bin/sh\n";
  std::filesystem::permissions(srun, std::filesystem::perms::owner_all);
  EXPECT_EQ(ErrorOf({.program = srun, .hostfile = ""}), "");
  EXPECT_THAT(ErrorOf({.program = srun, .hostfile = srun}), HasSubstr("not with srun"));
  EXPECT_FALSE((RankLauncher{.program = srun, .hostfile = ""}).IsLocal());
}

TEST(ReasonIn, IsARanksOwnLineIfThereIsOne) {
  EXPECT_EQ(ReasonIn("-----\nMPI_ABORT was invoked\nrank 1 of 2: no memory\n---\n"),
            "rank 1 of 2: no memory");
}

TEST(ReasonIn, IsElseTheLaunchersTextInOneLine) {
  EXPECT_EQ(ReasonIn("--------\nThere are not enough slots for\nthe 3 slots:\n\n  /p\n--------\n"),
            "There are not enough slots for the 3 slots: /p");
  EXPECT_LT(ReasonIn(std::string(100'000, 'x')).size(), 400U);
  EXPECT_EQ(ReasonIn(""), "");
}

TEST(BecomeLauncher, SaysWhatItCannotStart) {
  EXPECT_EQ(BecomeLauncher({"/no/such/launcher"}),
            "cannot start /no/such/launcher: No such file or directory");
}

}  // namespace
}  // namespace biasbench::bench
