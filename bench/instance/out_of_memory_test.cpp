// Too little memory at any moment ends in an exception that leaves nothing behind: the n-th mapping
// of pages, or the n-th request to malloc, is refused, for every n that a small training makes.
//
// mmap and munmap are replaced by ones that refuse and count; malloc's refusal is malloc_counter's.
#include <dlfcn.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <functional>
#include <new>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "bench/instance/malloc_counter.h"
#include "data/task.h"
#include "machine/sanitizer.h"
#include "memory/tracked_buffer.h"
#include "network/network.h"
#include "setting/description.h"

namespace {

constinit std::int64_t mappings_until_refusal = 0;  // 0: none is refused
constinit std::int64_t mapped_bytes = 0;

// As malloc_counter's RefuseAllocation.
std::int64_t RefuseMapping(std::int64_t count) {
  return std::exchange(mappings_until_refusal, count);
}

template <class Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

void* mmap(void* address, std::size_t length, int protection, int flags, int file,
           off_t offset) noexcept {
  if (mappings_until_refusal > 0 && --mappings_until_refusal == 0) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  static auto* const next = Next<decltype(mmap)>("mmap");
  mapped_bytes += static_cast<std::int64_t>(length);
  return next(address, length, protection, flags, file, offset);
}

int munmap(void* address, std::size_t length) noexcept {
  static auto* const next = Next<decltype(munmap)>("munmap");
  mapped_bytes -= static_cast<std::int64_t>(length);
  return next(address, length);
}

}  // extern "C"

namespace biasbench::bench {
namespace {

using schedule::Optimizer;
using schedule::ScheduleKind;

constexpr schedule::Shape kShape{.inputs = 5, .hidden = 300, .outputs = 3, .batch = 4};

// Two steps, of which the first makes every buffer, and an evaluation; returns its loss.
double Train(const schedule::Configuration& configuration, memory::Ledger& ledger) {
  const schedule::Shape& shape = configuration.shape;
  const data::Task task = data::NoiseTask(shape.inputs, shape.outputs, shape.batch, 1, ledger);
  std::vector<std::int32_t> samples(static_cast<std::size_t>(shape.batch));
  std::iota(samples.begin(), samples.end(), 0);
  network::Network network(configuration, ledger);
  for (std::int64_t step = 1; step <= 2; ++step) {
    const bool goes_on = step == 1 || !configuration.takes_blocks();
    network.Step(task.train, samples, schedule::StepSettings(step, 0.1),
                 goes_on ? samples : std::vector<std::int32_t>{});
  }
  network.FreezeBiases();
  return network.Evaluate(task.train, samples).loss;
}

// Runs `work` with its 1st, 2nd, … request refused, until it makes no more; returns how many it
// makes. Each must end in an exception of the type, and leave nothing behind.
template <class Exception>
std::int64_t RefuseEach(std::int64_t (*refuse)(std::int64_t count), const std::string& name,
                        const std::function<void(memory::Ledger&)>& work) {
  memory::Ledger undisturbed;
  work(undisturbed);  // makes what the libraries keep
  const std::int64_t mapped_before = mapped_bytes;
  for (std::int64_t n = 1;; ++n) {
    memory::Ledger ledger;
    const std::int64_t allocated_before = AllocatedBytes();
    bool is_refused = false;
    refuse(n);
    try {
      work(ledger);
    } catch (const Exception&) {
      is_refused = true;
    }
    const bool has_come = refuse(0) == 0;
    EXPECT_EQ(is_refused, has_come) << name << ", request " << n;
    EXPECT_EQ(AllocatedBytes(), allocated_before) << name << ", request " << n;
    EXPECT_EQ(mapped_bytes, mapped_before) << name << ", request " << n;
    EXPECT_EQ(ledger.current(), memory::CategoryBytes{}) << name << ", request " << n;
    if (!has_come) return n - 1;
  }
}

// The strategies under every schedule, optimizer and format.
std::vector<setting::Setting> Configurations(const std::vector<std::string>& strategies,
                                             const std::vector<Optimizer>& optimizers,
                                             const schedule::Shape& shape, int threads) {
  std::vector<setting::Setting> configurations;
  for (const std::string& strategy : strategies) {
    for (std::size_t schedule = 0; schedule < schedule::kSchedules.size(); ++schedule) {
      for (const Optimizer optimizer : optimizers) {
        for (const schedule::Formats& formats : schedule::AllFormats()) {
          setting::Setting configuration;
          configuration.network = {.shape = shape,
                                   .strategy = bias::ParseSelection(strategy),
                                   .schedule = static_cast<ScheduleKind>(schedule),
                                   .optimizer = optimizer,
                                   .formats = formats,
                                   .threads = threads};
          if (configuration.network.Exists()) configurations.push_back(configuration);
        }
      }
    }
  }
  return configurations;
}

TEST(OutOfMemory, EveryRefusedMappingIsAnErrorAndLeavesNothing) {
  for (const setting::Setting& configuration :
       Configurations({"learned", "fixed=1", "shared", "grouped=64", "bfloat16_bias", "bias_unit",
                       "stateless_bias", "bias_only_hashed"},
                      {Optimizer::kSgd, Optimizer::kMomentum, Optimizer::kAdam}, kShape, 1)) {
    const std::string name = CanonicalName("", configuration);
    const auto train = [&](memory::Ledger& ledger) { Train(configuration.network, ledger); };
    // Data, workspace, a batch and what there is of parameters.
    EXPECT_GE(RefuseEach<memory::OutOfMemory>(RefuseMapping, name, train), 10) << name;
  }
}

#if !BIASBENCH_SANITIZED  // whose malloc is not counted
TEST(OutOfMemory, EveryRefusedAllocationIsAnErrorAndLeavesNothing) {
  // Large enough, whatever the caches, for Eigen to ask malloc for its panels, which it otherwise
  // has on the stack.
  constexpr schedule::Shape kWide{.inputs = 784, .hidden = 3000, .outputs = 3, .batch = 256};
  for (const setting::Setting& configuration :
       Configurations({"learned", "shared", "bias_only_hashed"}, {Optimizer::kAdam}, kWide, 2)) {
    const std::string name = CanonicalName("", configuration);
    const auto train = [&](memory::Ledger& ledger) { Train(configuration.network, ledger); };
    // The samples' order, the schedule and its state; under textbook Eigen's panels besides.
    const bool is_textbook = configuration.network.schedule == ScheduleKind::kTextbook;
    const std::int64_t fewest = is_textbook ? 6 : 3;
    EXPECT_GE(RefuseEach<std::bad_alloc>(RefuseAllocation, name, train), fewest) << name;
  }
}
#endif

TEST(OutOfMemory, EveryTaskIsReadOrAnErrorThatLeavesNothing) {
  for (const std::string name : {"harmonic3", "sine", "digits"}) {
    const auto load = [&](memory::Ledger& ledger) { data::LoadTask(name, ledger, 10); };
    // Inputs and targets or labels, to train and to test.
    EXPECT_EQ(RefuseEach<memory::OutOfMemory>(RefuseMapping, name, load), 4) << name;
  }
}

}  // namespace
}  // namespace biasbench::bench
