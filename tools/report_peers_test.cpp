#include "report_peers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "record/result_file.h"
#include "report_fixture.h"

namespace biasbench::report {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json PeerJson(const char* peer, bool is_ours, int batch, double rate) {
  const std::string name = std::string("peers/") + peer +
                           "/inputs:784/hidden:1000000/outputs:10/batch:" + std::to_string(batch) +
                           "/threads:2";
  json row = {{"name", name},
              {"run_type", "iteration"},
              {"peer", peer},
              {"is_ours", is_ours},
              {"inputs", 784},
              {"hidden", kHidden},
              {"batch", batch},
              {"library", "Lib 1.0"},
              {"peak_rss_bytes", 3 << 20},
              {"items_per_second", rate},
              {"status", "ok"}};
  if (rate == 0) {
    row.erase("items_per_second");
    row.update({{"status", "skipped"}, {"reason", "needs 12.00 GiB, 8.00 GiB available"}});
  }
  return row;
}

TEST_F(ReportTest, PeersAreComparedWithTheBestThatIsNotOurs) {
  json peers{{"context", Context("peers")}, {"benchmarks", json::array()}};
  for (const double rate : {30.0, 36.0, 33.0}) {
    peers["benchmarks"].push_back(PeerJson("in_place_blis", false, 64, rate));
    peers["benchmarks"].push_back(PeerJson("textbook_blis", false, 64, rate / 2));
    peers["benchmarks"].push_back(PeerJson("streaming", true, 64, 2 * rate));
  }
  peers["benchmarks"].push_back(PeerJson("fann", false, 1, 0));
  sample_.WriteTo(folder_);
  record::WriteJson(folder_ / "peers.json", peers);
  const Table table = PeersTable(LoadFolder(folder_).peers.value());
  ASSERT_EQ(table.rows.size(), 4U);
  EXPECT_EQ(table.rows[0],
            (std::vector<std::string>{"784", "1,000,000", "64", "`streaming`", "3",
                                      "66.0 [60.0–72.0]", "2.00", "3.00", "Lib 1.0"}));
  EXPECT_EQ(table.rows[1][6], "1.00");
  EXPECT_EQ(table.rows[2][6], "0.50");
  EXPECT_THAT(table.rows[3][5], HasSubstr("needs 12.00 GiB"));
  EXPECT_TRUE(LoadFolder(folder_).missing.empty());
}

TEST_F(ReportTest, APeerIsOursOnlyIfThatIsTrue) {
  json peer = PeerJson("fann", false, 1, 30);
  peer["is_ours"] = "yes";
  sample_.WriteTo(folder_);
  record::WriteJson(folder_ / "peers.json",
                    {{"context", Context("peers")}, {"benchmarks", {peer}}});
  // The best that is not ours, then.
  EXPECT_EQ(PeersTable(LoadFolder(folder_).peers.value()).rows.at(0)[6], "1.00");
}

}  // namespace
}  // namespace biasbench::report
