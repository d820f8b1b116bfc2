// Rows that belong together, and what they say about a number.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "record/contrast.h"
#include "record/result_rows.h"
#include "report/numbers.h"

namespace biasbench::report {

using record::ResultRow;
using record::RowGroup;

inline constexpr std::string_view kLearned = "learned";
inline constexpr std::string_view kFixed = "fixed=1";
inline constexpr std::string_view kNone = "none";

std::string Strategy(const ResultRow& row);
std::string Schedule(const ResultRow& row);
std::string Task(const ResultRow& row);
// "sgd", "adam, bfloat16 weights and states (widened)": in brackets how bfloat16 is multiplied.
std::string OptimizerAndFormats(const ResultRow& row);
// " (widened)": how weights in bfloat16 are multiplied; "" for others.
std::string ProductsOf(const ResultRow& row);
double PeakBytes(const ResultRow& row);

// True if it steps after each sample.
bool IsOnline(const ResultRow& row);
// True if its biases are updated with the right sign.
bool HasRightSign(const ResultRow& row);
// The axes on which something may be out of the ordinary.
inline constexpr std::string_view kOrdinaryAxes[] = {
    "bias_sign",   "parametrization", "activation",     "weight_decay",
    "max_samples", "center",          "weights_format", "states_format"};
// True if only the sizes are out of the ordinary. A task's headline is read from such rows.
bool IsOrdinary(const ResultRow& row);

bool AnyRow(const ResultRow& row);  // true

using RowFilter = std::function<bool(const ResultRow&)>;
RowGroup RowsOf(const std::vector<ResultRow>& rows, const RowFilter& filter);

// Each once, in the order in which they first appear.
std::vector<std::string> TasksOf(const RowGroup& rows);

// Groups that differ in none but the axes of `without`, in the order in which they first appear.
std::vector<RowGroup> GroupRows(const RowGroup& rows,
                                std::initializer_list<std::string_view> without = {"seed"});

// A median and its 95 % interval, by resampling (percentiles); values may be infinite.
struct Summary {
  std::size_t count = 0;
  double median = 0;
  record::Interval interval = {};
};
Summary Summarize(const std::vector<double>& values);
Summary Summarize(const RowGroup& group, const record::Quantity& quantity);
// The values of a key in rows that ran to their end.
std::vector<double> ValuesOf(const RowGroup& group, std::string_view key);

// "0.0234 [0.0201–0.0262]", a single value without brackets; "" of none. Infinite is `worst`.
std::string Describe(const Summary& summary, std::string_view worst = "diverged",
                     std::string (*format)(double) = ThreeDigits);

// "1.38 [1.11–1.60]": of medians, with its interval.
std::string DescribeRatio(const std::vector<double>& values, const std::vector<double>& others);

// "784 inputs, 1,000,000 hidden nodes, 10 outputs, batch 64, 2 threads"
std::string DescribeShape(const ResultRow& row);
// "1,000 hidden nodes, 20 epochs, weight decay 0.01": what a training's setting is besides its task
// and strategy, defaults left out.
std::string DescribeTraining(const ResultRow& row);
// Everything in the row's name but seed, strategy and `without`, for captions.
std::string DescribeSetting(const ResultRow& row,
                            std::initializer_list<std::string_view> without = {"seed", "strategy"});

// Orders shapes by weights, then batch and threads.
bool HasSmallerShape(const ResultRow& a, const ResultRow& b);
bool HasSameShape(const ResultRow& a, const ResultRow& b);
// A row with the most weights, of the batch and threads that most of these have. `rows` must not be
// empty.
const ResultRow& LargestShape(const RowGroup& rows);

// Every status with its reason: "2 ok; 1 diverged: loss is not finite".
std::string DescribeStatus(const RowGroup& group);

}  // namespace biasbench::report
