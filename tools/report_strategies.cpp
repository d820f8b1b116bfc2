#include "report_strategies.h"

#include <stdexcept>

#include "bias/strategies.h"

namespace biasbench::report {
namespace {

// Null for one that a newer program measured.
const bias::Strategy* Find(const std::string& name) {
  try {
    return bias::ParseSelection(name).strategy;
  } catch (const std::invalid_argument&) {
    return nullptr;
  }
}

}  // namespace

Kind KindOf(const std::string& strategy) {
  const bias::Strategy* row = Find(strategy);
  if (!row || row->weights != bias::Weights::kTrained) return Kind::kOtherStart;
  if (!row->multiplier) return Kind::kNeverUpdated;
  if (row->storage != bias::Storage::kPerNeuron) return Kind::kOtherStorage;
  return row->initial == bias::Initial::kZero ? Kind::kOtherUpdate : Kind::kOtherStart;
}

std::string_view AnswerOf(const std::string& strategy) {
  const bias::Strategy* row = Find(strategy);
  return row ? row->answers : std::string_view();
}

}  // namespace biasbench::report
