#include "bench/instance/ledger_json.h"

#include <string>

namespace biasbench::bench {

nlohmann::json ToJson(const memory::CategoryBytes& bytes) {
  nlohmann::json object = nlohmann::json::object();
  for (std::size_t i = 0; i < memory::kCategoryCount; ++i) {
    const std::int64_t count = bytes[static_cast<memory::Category>(i)];
    if (count != 0) object[std::string(memory::kCategoryNames[i])] = count;
  }
  return object;
}

nlohmann::json PhasesToJson(const memory::Ledger& ledger) {
  nlohmann::json phases = nlohmann::json::object();
  for (std::size_t i = 0; i < memory::kPhaseCount; ++i) {
    const auto phase = static_cast<memory::Phase>(i);
    const memory::CategoryBytes* const held = ledger.held_after(phase);
    if (held == nullptr) continue;
    phases[std::string(memory::kPhaseNames[i])] = {{"held_bytes", held->TotalWithoutDataset()},
                                                   {"held", ToJson(*held)},
                                                   {"peak", ToJson(ledger.peak_in(phase))}};
  }
  return phases;
}

}  // namespace biasbench::bench
