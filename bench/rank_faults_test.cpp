// Ranks that fail: each time one clear line, a whole file, and no process left over.
#include <gmock/gmock.h>

#include <csignal>

#include "bench/ranks_fixture.h"
#include "machine/memory_limits.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class RankFaults : public RankPrograms {
 protected:
  Arguments Endless() const {
    return {"--task=harmonic3",
            "--hidden=1000",
            "--strategies=learned",
            "--epochs=1e9",
            "--ranks=3",
            "--threads=1",
            "--seeds=" + Seed(),
            "--benchmark_out=" + File("out.json")};
  }
  // Starts a training that never ends, and waits for its ranks to train.
  pid_t StartEndless() const {
    const pid_t program = Start("convergence", Endless());
    EXPECT_TRUE(Await([&] { return Ranks("convergence").size() == 3; }));
    std::this_thread::sleep_for(std::chrono::seconds(1));  // past its start
    return program;
  }

  json OnlyRow() const {
    const json rows = Results()["benchmarks"];
    EXPECT_EQ(rows.size(), 1U);
    return rows.at(0);
  }

  // Runs a short training with two ranks; its row must fail.
  json FailedRow(const Arguments& flags) const {
    Arguments arguments = {
        "--task=harmonic3", "--strategies=learned", "--epochs=1",       "--schedules=recompute",
        "--ranks=2",        "--threads=1",          "--seeds=" + Seed()};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    EXPECT_EQ(Record("convergence", arguments), 1) << Errors();
    EXPECT_TRUE(AwaitNoWorkers());
    const json row = OnlyRow();
    EXPECT_EQ(row["status"], "error");
    // Below the machine's description, which Google Benchmark prints.
    const std::string last = Errors().substr(Errors().find("convergence/"));
    EXPECT_EQ(last, row["name"].get<std::string>() +
                        ": error: " + row["reason"].get<std::string>() + "\n");
    return row;
  }
};

TEST_F(RankFaults, AnyKilledRankIsAKilledRow) {
  for (const std::size_t victim : {std::size_t{0}, std::size_t{2}}) {
    const pid_t program = StartEndless();
    const std::vector<pid_t> ranks = Ranks("convergence");
    ASSERT_EQ(ranks.size(), 3U);
    kill(ranks[victim], SIGKILL);
    EXPECT_EQ(Wait(program), 1);
    const json row = OnlyRow();
    EXPECT_EQ(row["status"], "killed");
    EXPECT_EQ(row["reason"], "a rank was killed by SIGKILL");
    EXPECT_TRUE(AwaitNoWorkers());
  }
}

TEST_F(RankFaults, RanksEndWithTheProgram) {
  const pid_t program = StartEndless();
  kill(program, SIGKILL);
  Wait(program);
  EXPECT_TRUE(AwaitNoWorkers());
}

TEST_F(RankFaults, RanksEndWithTheLauncher) {
  const pid_t program = StartEndless();
  for (const pid_t process : Workers()) {
    if (ProcessFile(process, "comm") == "mpirun\n") kill(process, SIGKILL);
  }
  EXPECT_EQ(Wait(program), 1);
  EXPECT_EQ(OnlyRow()["reason"], "mpirun was killed by SIGKILL");
  EXPECT_TRUE(AwaitNoWorkers());
}

TEST_F(RankFaults, RanksOfAnotherBuildAreRefused) {
  const std::string copy = File("convergence");
  fs::copy_file(fs::path(BENCH_FOLDER) / "convergence", copy);
  std::ofstream(copy, std::ios::app) << "another";
  const json row =
      FailedRow({"--hidden=1000", "--mpi_launcher=" + WriteLauncher("other[-3]=" + copy)});
  EXPECT_THAT(row["reason"], HasSubstr("rank 1 of 2: its program is of another build"));
}

TEST_F(RankFaults, RanksWithAnotherSeedAreRefused) {
  const std::string launcher =
      WriteLauncher("other[-1]=${other[-1]/'\"seed\":'" + Seed() + "/'\"seed\":'7}");
  const json row = FailedRow({"--hidden=1000", "--mpi_launcher=" + launcher});
  EXPECT_THAT(row["reason"],
              HasSubstr("rank 1 of 2: its argument differs from rank 0's: seed 7, not " + Seed()));
}

TEST_F(RankFaults, AHostfileWithTooFewSlotsIsAnError) {
  std::ofstream(File("hosts")) << "localhost slots=1\n";
  const json row = FailedRow({"--hidden=1000", "--hostfile=" + File("hosts")});
  EXPECT_THAT(row["reason"], HasSubstr("not enough slots"));
}

TEST_F(RankFaults, AnotherMpisLauncherIsAnError) {
  const std::string launcher = File("launcher");
  std::ofstream(launcher) << "#!/bin/bash\nshift 2\nexec \"$@\"\n";
  fs::permissions(launcher, fs::perms::owner_all);
  const json row = FailedRow({"--hidden=1000", "--mpi_launcher=" + launcher});
  EXPECT_THAT(row["reason"], HasSubstr("MPI knows of 1 rank, not 2"));
}

// The program does not know which machines srun starts ranks on; the ranks do.
TEST_F(RankFaults, RanksThatDoNotFitTheirMachineAreRefused) {
  const std::string launcher = File("srun");
  std::ofstream(launcher) << "#!/bin/bash\nexport OMPI_MCA_rmaps_base_oversubscribe=1\n"
                          << "exec mpirun -n \"$2\" \"${@:5}\"\n";
  fs::permissions(launcher, fs::perms::owner_all);
  constexpr std::int64_t kNodeBytes = (2 + 1 + 1) * 4;  // weights and bias
  const std::int64_t available = machine::AvailableMemory().bytes;
  const std::int64_t hidden = available / kNodeBytes * 5 / 4;  // of two ranks, 5/8 each
  const json row = FailedRow({"--mpi_launcher=" + launcher, "--hidden=" + std::to_string(hidden)});
  EXPECT_THAT(row["reason"], HasSubstr("GiB for 2 ranks"));
}

TEST_F(RankFaults, AWrongFlagIsToldBeforeAnythingRuns) {
  for (const Arguments& flags : {Arguments{"--ranks=2", "--hostfile=/no/such/file"},
                                 Arguments{"--hostfile=" + File("hosts")},
                                 Arguments{"--ranks=2", "--mpi_launcher=no-such-launcher"},
                                 Arguments{"--ranks=0"}, Arguments{"--ranks=1000001"}}) {
    EXPECT_EQ(Run("convergence", flags), 2);
    EXPECT_EQ(LinesOf(Errors()), 1U) << Errors();
    EXPECT_THAT(Errors(), HasSubstr(flags.back().substr(0, flags.back().find('='))));
  }
}

}  // namespace
}  // namespace biasbench::bench
