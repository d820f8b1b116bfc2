#include "bench/instance/team_facts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/instance/openmp_environment.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

TEST(TeamFault, OtherThreadsThanAskedForAreOneAlways) {
  for (const bool side_by_side : {false, true}) {
    const json facts = {{"threads_ran", 1}, {"processors_allowed", 8}};
    EXPECT_EQ(FindTeamFault(facts, 2, side_by_side), "threads: 1 ran, 2 were asked for");
    EXPECT_EQ(FindTeamFault(facts, 1, side_by_side), std::nullopt);
  }
}

TEST(TeamFault, FewerProcessorsAreOneWhereTimeIsMeasured) {
  const json facts = {{"threads_ran", 2}, {"processors_allowed", 1.5}};
  EXPECT_EQ(FindTeamFault(facts, 2, false), std::nullopt);
  EXPECT_EQ(FindTeamFault(facts, 2, true),
            "threads: 2 cannot run side by side on 1.5 processors (affinity mask or CPU quota); "
            "choose fewer by --threads");
}

TEST(InstanceEnvironment, OpenMpIsSetByUsAlone) {
  setenv("OMP_THREAD_LIMIT", "1", 1);
  setenv("GOMP_SPINCOUNT", "infinite", 1);
  setenv("KMP_BLOCKTIME", "infinite", 1);
  setenv("COMPUTE", "stays", 1);
  std::vector<std::string> variables = InstanceEnvironment(1);
  for (const char* name : {"OMP_THREAD_LIMIT", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"}) unsetenv(name);
  EXPECT_EQ(std::ranges::count(variables, "COMPUTE=stays"), 1);
  std::erase_if(variables, [](const std::string& variable) {
    return variable.find("OMP_") != 0 && variable.find("GOMP_") != 0 && variable.find("KMP_") != 0;
  });
  EXPECT_EQ(variables, std::vector<std::string>{"GOMP_SPINCOUNT=10000"});
}

}  // namespace
}  // namespace biasbench::bench
