// The studies: a declarative list of contrasts, each of which is judged once, in one family.
// Sentences, tables and figures are made of what is found here, so they cannot disagree.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/contrast.h"
#include "report/results.h"

namespace biasbench::report {

// The six contrasts of the first family: of a strategy against another on a task.
const std::vector<record::AxisPair>& HeadlinePairs();

// The strategy that begins with the same biases and trains them; "" where there is none, or for
// that strategy itself.
std::string EqualStartOf(std::string_view strategy);

struct Study {
  std::string_view slug;
  std::string_view title;
  std::string_view quantity;  // what is compared, in words; may hold `code`
  std::string_view family;    // what is judged together, in words
  std::optional<record::ResultFile> Results::*file;
  std::vector<record::AxisPair> (*pairs)();
  record::Quantity (*make_quantity)(const Results& results);
  bool (*takes)(const record::ResultRow& row);
  // Contrasts of one name are one family.
  std::string (*family_of)(const record::ResultRow& row);
};

// Judged together; never empty.
using Family = std::vector<record::Contrast>;

struct Finding {
  const Study* study;
  std::vector<Family> families;
};

// The findings of all studies, in the list's order; `results` must outlive them.
std::vector<Finding> FindAll(const Results& results);
std::vector<Finding> FindAll(Results&&) = delete;

const Finding& FindingOf(const std::vector<Finding>& findings, std::string_view slug);

// Of the contrasts that `takes` accepts: among those that can be told the one of the widest
// network, then of the most seeds, then one by batches; among those that cannot, likewise. Null:
// there is none.
const record::Contrast* BestEvidence(const Finding& finding,
                                     const std::function<bool(const record::Contrast&)>& takes);

// The best evidence for a pair on a task, in ordinary settings. Null: there is none.
const record::Contrast* Headline(const Finding& finding, std::string_view task,
                                 const record::AxisPair& pair);

// "higher, by 0.0225 [0.0173–0.0298]"
std::string Tell(const record::Contrast& contrast);
// "+0.0225", "−∞"
std::string Signed(double difference);
// "+0.0225 [+0.0173, +0.0298]"
std::string DescribeDifference(const record::Contrast& contrast);

}  // namespace biasbench::report
