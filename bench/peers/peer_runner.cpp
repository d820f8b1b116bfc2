#include "bench/peers/peer_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "bench/instance/instance_process.h"
#include "bench/instance/team_facts.h"
#include "bench/instance/timed_steps.h"
#include "bench/program/progress.h"
#include "machine/memory_limits.h"
#include "machine/resident_memory.h"
#include "record/standard_streams.h"

namespace biasbench::bench::peers {
namespace {

using nlohmann::json;

constexpr double kLossTolerance = 1e-4;  // relative; rounding alone stays below 1e-6

// The exception for a peer that is not measured: it needs more memory than there is, or cannot take
// the batch.
class Skipped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void CheckFits(const PeerDescription& peer, const schedule::Shape& shape) {
  if (shape.batch > peer.most_samples) {
    throw Skipped(fmt::format("takes at most {} sample(s) a step", peer.most_samples));
  }
  constexpr double kGibibyte = 1 << 30;
  const double needed = peer.PeakBytes(shape);
  const auto available = static_cast<double>(machine::AvailableMemory().bytes);
  if (needed <= available) return;
  throw Skipped(fmt::format("needs {:.2f} GiB, {:.2f} GiB available", needed / kGibibyte,
                            available / kGibibyte));
}

// A peer's process, showing progress while it works.
class PeerProcess {
 public:
  // Throws Skipped before anything is started.
  PeerProcess(const PeerDescription& peer, const PeerSetting& setting)
      : progress_(RowName(setting)), process_(Start(peer, setting)) {
    progress_.Enter("build");
    built_ = process_.Receive([&](const json&) { progress_.Tick(); });
  }

  const json& built() const { return built_; }

  // {"seconds", "cpu_seconds", "loss"}. Throws InstanceError if the loss is not finite.
  json Steps(std::int64_t count, const std::string& activity) {
    json answer = Ask({{"steps", count}}, activity);
    if (answer["loss"].is_null()) throw InstanceError("the loss of the steps is not finite");
    return answer;
  }

  // {"resident_bytes", "team"}; bytes are null where the kernel does not say.
  json Report() { return Ask({{"report", true}}, "report"); }

 private:
  static InstanceProcess Start(const PeerDescription& peer, const PeerSetting& setting) {
    CheckFits(peer, setting.shape);
    return InstanceProcess(ToJson(setting), peer.ProgramPath());
  }

  json Ask(const json& request, const std::string& activity) {
    progress_.Enter(activity);
    return process_.Ask(request, [&](const json&) { progress_.Tick(); });
  }

  Progress progress_;
  InstanceProcess process_;
  json built_;
};

void Refuse(const std::string& name, const char* status, const std::string& reason, json& row) {
  row["status"] = status;
  row["reason"] = reason;
  row["error_occurred"] = true;
  row["error_message"] = fmt::format("{}: {}", status, reason);
  record::PrintNote(fmt::format("{}: {}: {}\n", name, status, reason));
}

}  // namespace

std::string RowName(const PeerSetting& setting) {
  const schedule::Shape& shape = setting.shape;
  return fmt::format("peers/{}/inputs:{}/hidden:{}/outputs:{}/batch:{}/threads:{}", setting.peer,
                     shape.inputs, shape.hidden, shape.outputs, shape.batch, setting.threads);
}

json PeerRunner::Measure(const PeerDescription& peer, const PeerSetting& setting) {
  const std::string name = RowName(setting);
  json row = {{"iterations", 0},
              {"real_time", 0.0},
              {"cpu_time", 0.0},
              {"time_unit", "ms"},
              {"status", "ok"}};
  row.update(ToJson(setting));
  row["is_ours"] = peer.is_ours;
  row["learning_rate"] = LearningRate(setting.shape);
  row["estimated_peak_bytes"] = std::llround(std::min(peer.PeakBytes(setting.shape), 9e18));
  try {
    MeasureSteps(peer, setting, row);
  } catch (const Skipped& error) {
    Refuse(name, "skipped", error.what(), row);
  } catch (const InstanceKilled& error) {
    Refuse(name, "killed", error.what(), row);
  } catch (const std::exception& error) {
    Refuse(name, "error", error.what(), row);
  }
  return row;
}

void PeerRunner::MeasureSteps(const PeerDescription& peer, const PeerSetting& setting, json& row) {
  CheckFits(peer, setting.shape);
  CheckLoss(peer, setting);
  const std::int64_t floor_bytes = FloorBytes(peer, setting);
  PeerProcess process(peer, setting);
  double step_seconds = process.Steps(1, "warm-up")["seconds"];
  std::int64_t steps = 0;
  double seconds = 0;
  double cpu_seconds = 0;
  while (seconds < min_seconds_) {
    const double missing_steps = std::ceil((min_seconds_ - seconds) / step_seconds);
    const std::int64_t count =
        StepsToTime(static_cast<std::int64_t>(std::clamp(missing_steps, 1.0, 1e9)),
                    peer.block_samples / setting.shape.batch);
    const json answer = process.Steps(count, "steps");
    steps += count;
    seconds += answer["seconds"].get<double>();
    cpu_seconds += answer["cpu_seconds"].get<double>();
    step_seconds = seconds / static_cast<double>(steps);
  }
  row["iterations"] = steps;
  row["real_time"] = 1e3 * step_seconds;
  row["cpu_time"] = 1e3 * cpu_seconds / static_cast<double>(steps);
  row["items_per_second"] = static_cast<double>(setting.shape.batch) / step_seconds;
  const json report = process.Report();
  const json& resident_bytes = report["resident_bytes"];
  row["peak_rss_bytes"] =
      resident_bytes.is_null() ? json() : json(resident_bytes.get<std::int64_t>() - floor_bytes);
  if (resident_bytes.is_null()) row["peak_rss_note"] = machine::kPeakIsNotReset;
  row["library"] = process.built()["library"];
  row["data_source"] = process.built()["data_source"];
  row.update(report["team"]);
  if (const auto fault = FindTeamFault(report["team"], setting.threads, true)) {
    throw InstanceError(*fault);
  }
}

void PeerRunner::CheckLoss(const PeerDescription& peer, const PeerSetting& setting) {
  const auto in_place = std::ranges::find(Peers(), "in_place", &PeerDescription::name);
  const double expected = LossAfterTenSteps(*in_place, setting);
  const double loss = LossAfterTenSteps(peer, setting);
  if (std::abs(loss - expected) <= kLossTolerance * std::abs(expected)) return;
  throw InstanceError(
      fmt::format("loss {:.7g} after 10 steps at {} hidden nodes, ours is {:.7g}: not the same "
                  "training, so not timed",
                  loss, check_hidden_, expected));
}

double PeerRunner::LossAfterTenSteps(const PeerDescription& peer, PeerSetting setting) {
  setting.peer = peer.name;
  setting.shape.hidden = check_hidden_;
  const std::string name = RowName(setting);
  if (!losses_.contains(name)) {
    // The eleventh step returns the loss that ten steps lead to.
    losses_[name] = PeerProcess(peer, setting).Steps(11, "check of the loss")["loss"];
  }
  return losses_[name];
}

std::int64_t PeerRunner::FloorBytes(const PeerDescription& peer, const PeerSetting& setting) {
  const auto [floor, is_new] = floor_bytes_.try_emplace(setting.peer);
  if (is_new) {
    PeerSetting empty = setting;
    empty.shape = {.inputs = 1, .hidden = 1, .outputs = 1, .batch = 1};
    PeerProcess process(peer, empty);
    process.Steps(1, "empty network");
    const json bytes = process.Report()["resident_bytes"];
    floor->second = bytes.is_null() ? 0 : bytes.get<std::int64_t>();
  }
  return floor->second;
}

}  // namespace biasbench::bench::peers
