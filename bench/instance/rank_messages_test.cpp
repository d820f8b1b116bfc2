// Objects and data passed between ranks, which are threads here.
#include "bench/instance/rank_messages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bench/instance/rank_data.h"
#include "ranks/threads_fixture.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

TEST(RankMessages, AllRanksGetRankZerosObject) {
  ranks::RunRanks(5, [](ranks::Exchange& exchange) {
    const json own = {{"rank", exchange.rank()}, {"text", "two\nlines"}};
    EXPECT_EQ(ShareJson(own, exchange), json({{"rank", 0}, {"text", "two\nlines"}}));
    EXPECT_EQ(ShareJson(nullptr, exchange), nullptr);
  });
}

TEST(RankMessages, RankZeroGetsAllObjectsInOrder) {
  ranks::RunRanks(5, [](ranks::Exchange& exchange) {
    const std::string digits(static_cast<std::size_t>(exchange.rank()), '9');  // sizes differ
    const std::vector<json> all = GatherJson({{"digits", digits}}, exchange);
    if (exchange.rank() != 0) {
      EXPECT_TRUE(all.empty());
      return;
    }
    ASSERT_EQ(all.size(), 5U);
    for (std::size_t rank = 0; rank < all.size(); ++rank) {
      EXPECT_EQ(all[rank]["digits"], std::string(rank, '9'));
    }
  });
}

// Every buffer of rank 0's data is in the ledger of each rank, with its values.
TEST(RankData, AllRanksGetRankZerosTask) {
  for (const char* name : {"harmonic3", "digits"}) {
    ranks::RunRanks(3, [&](ranks::Exchange& exchange) {
      memory::Ledger expected_ledger;
      const data::Task expected = data::LoadTask(name, expected_ledger);
      memory::Ledger ledger;
      data::Task task;
      if (exchange.rank() == 0) task = data::LoadTask(name, ledger);
      ShareTask(task, ledger, exchange);
      EXPECT_EQ(task.name, expected.name);
      EXPECT_EQ(task.source, expected.source);
      EXPECT_EQ(ledger.current()[memory::Category::kDataset],
                expected_ledger.current()[memory::Category::kDataset]);
      for (const auto& [own, other] :
           {std::pair(&task.train, &expected.train), std::pair(&task.test, &expected.test)}) {
        EXPECT_EQ(own->samples, other->samples);
        EXPECT_EQ(own->outputs, other->outputs);
        EXPECT_TRUE(std::ranges::equal(own->targets.span(), other->targets.span()));
        EXPECT_TRUE(std::ranges::equal(own->labels.span(), other->labels.span()));
        for (std::int32_t sample = 0; sample < other->samples; ++sample) {
          std::vector<float> row(static_cast<std::size_t>(other->inputs));
          std::vector<float> other_row(row.size());
          own->CopyInputs({&sample, 1}, row.data(), other->inputs);
          other->CopyInputs({&sample, 1}, other_row.data(), other->inputs);
          ASSERT_EQ(row, other_row) << sample;
        }
      }
    });
  }
}

}  // namespace
}  // namespace biasbench::bench
