// Ranks in a build without MPI.
#include "bench/program/programs_fixture.h"

namespace biasbench::bench {
namespace {

TEST_F(Programs, RanksAreRefusedWithoutMpi) {
  EXPECT_EQ(Run("footprint", {"--hidden=1000", "--ranks=2"}), 2);
  EXPECT_EQ(LinesOf(Errors()), 1U) << Errors();
  EXPECT_NE(Errors().find("--ranks: this program was built without MPI; expected 1"),
            std::string::npos);
}

}  // namespace
}  // namespace biasbench::bench
