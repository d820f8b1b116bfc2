#include "bench/instance/instance.h"

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <vector>

#include "bench/instance/instance_serving.h"
#include "bench/instance/ledger_json.h"
#include "bench/instance/memory_meter.h"
#include "bench/instance/rank_data.h"
#include "bench/instance/rank_launch.h"
#include "bench/instance/rank_messages.h"
#include "bench/instance/rank_serving.h"
#include "bench/instance/requests.h"
#include "bench/instance/team_facts.h"
#include "bench/instance/timed_steps.h"
#include "data/centring.h"
#include "data/own_data.h"
#include "data/task.h"
#include "machine/resident_memory.h"
#include "machine/roofline.h"
#include "memory/ledger.h"
#include "network/network.h"
#include "network/trainer.h"
#include "setting/description.h"

namespace biasbench::bench {
namespace {

using nlohmann::json;

// The learning rate of timed steps: small enough to keep any shape stable.
constexpr double kStepsLearningRate = 1e-3;

data::Task LoadUncentred(const setting::Setting& configuration, memory::Ledger& ledger) {
  const schedule::Shape& shape = configuration.network.shape;
  if (configuration.task == setting::kNoise) {
    return data::NoiseTask(shape.inputs, shape.outputs, configuration.max_samples,
                           configuration.network.seed, ledger);
  }
  if (configuration.own_data) {
    return data::LoadOwnData(*configuration.own_data, ledger, configuration.max_samples,
                             configuration.network.seed);
  }
  return data::LoadTask(configuration.task, ledger, configuration.max_samples);
}

// Of several ranks rank 0 reads the data, since the others' machines need not have them.
data::Task Load(const setting::Setting& configuration, ranks::Exchange* exchange,
                memory::Ledger& ledger) {
  const bool is_shared = exchange != nullptr && configuration.task != setting::kNoise;
  data::Task task;
  if (!is_shared || exchange->rank() == 0) task = LoadUncentred(configuration, ledger);
  if (is_shared) ShareTask(task, ledger, *exchange);
  task.test.samples = data::LimitSamples(task.test.samples, configuration.max_test_samples);
  if (configuration.centres_inputs) data::CentreInputs(task, ledger);
  return task;
}

// The samples of a step, repeated from the front if there are fewer, and the same ones for the
// following steps of the pass.
std::vector<std::int32_t> StepSamples(const schedule::Configuration& network,
                                      std::int64_t available) {
  const std::int64_t count = network.shape.batch + network.pass_samples();
  std::vector<std::int32_t> samples(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    samples[static_cast<std::size_t>(i)] =
        static_cast<std::int32_t>(i % network.shape.batch % available);
  }
  return samples;
}

json ToJson(const network::Evaluation& evaluation) {
  json object = {{"loss", evaluation.loss}};
  if (evaluation.accuracy) object["accuracy"] = *evaluation.accuracy;
  return object;
}

json ToJson(const network::Movement& movement) {
  json object = {{"hidden_weights", movement.hidden_weights}};
  if (movement.hidden_bias) object["hidden_bias"] = *movement.hidden_bias;
  return object;
}

json ToJson(const network::TrainingResult& result) {
  json epochs = json::array();
  for (const network::EpochRecord& record : result.epochs) {
    json epoch = {{"epoch", record.epoch},
                  {"train_loss", record.train_loss},
                  {"train_seconds", record.seconds}};
    if (record.test) epoch["test"] = ToJson(*record.test);
    if (record.imitation_ratio) epoch["imitation_ratio"] = *record.imitation_ratio;
    epochs.push_back(epoch);
  }
  json object = {{"initial_loss", result.initial_loss}, {"epochs", epochs},
                 {"train", ToJson(result.train)},       {"test", ToJson(result.test)},
                 {"diverged", result.diverged},         {"seconds", result.seconds},
                 {"cpu_seconds", result.cpu_seconds},   {"movement", ToJson(result.movement)}};
  if (result.initial_imitation_ratio) {
    object["initial_imitation_ratio"] = *result.initial_imitation_ratio;
  }
  if (!result.epochs.empty() && result.epochs.back().imitation_ratio) {
    object["imitation_ratio"] = *result.epochs.back().imitation_ratio;
  }
  if (result.epochs_to_target) object["epochs_to_target"] = *result.epochs_to_target;
  return object;
}

class Instance {
 public:
  // `exchange` is with the other ranks that serve this instance; null if there are none.
  Instance(const setting::Setting& configuration, ranks::MpiExchange* exchange)
      : configuration_(configuration),
        exchange_(exchange),
        task_(Load(configuration, exchange, ledger_)),
        step_samples_(StepSamples(configuration.network, task_.train.samples)),
        network_(std::in_place, configuration.network, ledger_, exchange) {}

  const std::string& data_source() const { return task_.source; }

  json Answer(const json& request, Requests& requests) {
    if (request.contains("steps")) return WithAllRanks(Steps(request["steps"]));
    if (request.contains("freeze")) return Freeze();
    if (request.contains("train")) return WithAllRanks(Train(request, requests));
    if (request.contains("phases")) return PhasesToJson(ledger_);
    if (request.contains("report")) return WithAllRanks(Report());
    throw std::logic_error("instance: unknown request " + request.dump());
  }

 private:
  // The answer of rank 0 with the list of all ranks' answers.
  json WithAllRanks(json answer) const {
    if (exchange_ != nullptr) answer["ranks"] = GatherJson(answer, *exchange_);
    return answer;
  }

  ranks::Traffic traffic() const {
    return exchange_ == nullptr ? ranks::Traffic() : exchange_->traffic();
  }

  json Steps(std::int64_t count) {
    const ranks::Traffic before = traffic();
    made_before_steps_ = ledger_.made();
    held_before_steps_ = ledger_.current().TotalWithoutDataset();
    json answer = TimeSteps(count, [&] {
      schedule::StepSettings settings(++step_, kStepsLearningRate);
      settings.updates_biases = !is_frozen_;
      // A streaming schedule always knows the next step.
      const auto batch = static_cast<std::size_t>(configuration_.network.shape.batch);
      const std::span samples(step_samples_);
      const network::LossSum loss =
          network_->Step(task_.train, samples.first(batch), settings, samples.subspan(batch));
      return loss.loss / static_cast<double>(batch);
    });
    answer["unwritten_rows"] = network_->unwritten_rows();
    answer["exchange"] = {{"messages", traffic().messages - before.messages},
                          {"bytes", traffic().bytes - before.bytes},
                          {"seconds", traffic().seconds - before.seconds}};
    return answer;
  }

  json Freeze() {
    network_->FreezeBiases();
    is_frozen_ = true;
    return json::object();
  }

  // Trains at the configuration's learning rate unless the request names another; every training
  // begins from the initial values.
  json Train(const json& request, Requests& requests) {
    network::TrainingOptions options = configuration_.training.value();
    options.learning_rate = request.value("learning_rate", options.learning_rate);
    if (is_trained_) {
      network_.reset();
      network_.emplace(configuration_.network, ledger_, exchange_);
    }
    is_trained_ = true;
    json result =
        ToJson(network::Train(*network_, task_, options, [&](const network::EpochRecord& record) {
          requests.Answer({{"progress", {{"epoch", record.epoch}, {"loss", record.train_loss}}}});
        }));
    for (const network::Evaluation& evaluation :
         network::EvaluateAtScales(*network_, task_.test, configuration_.test_scales)) {
      result["test_at_scales"].push_back(ToJson(evaluation));
    }
    return result;
  }

  json Report() const {
    const auto resident_bytes = meter_.PeakResidentBytes();
    const ranks::Neighbours neighbours =
        exchange_ == nullptr ? ranks::Neighbours() : exchange_->CountNeighbours();
    return {{"at_peak", bench::ToJson(ledger_.at_peak())},
            {"bias_padding_bytes", ledger_.at_peak().bias_padding()},
            {"peak_phase", memory::kPhaseNames[static_cast<std::size_t>(ledger_.peak_phase())]},
            {"peak_category",
             memory::kCategoryNames[static_cast<std::size_t>(ledger_.peak_category())]},
            {"steady_bytes", ledger_.current().TotalWithoutDataset()},
            {"made", MadeSince({}, 0)},
            {"made_in_last_steps", MadeSince(made_before_steps_, held_before_steps_)},
            {"untracked_bytes", meter_.UntrackedBytes()},
            {"retained_bytes", meter_.RetainedBytes()},
            {"peak_resident_bytes", resident_bytes ? json(*resident_bytes) : json()},
            {"team", TeamFacts(configuration_.network.threads)},
            {"neighbours", {{"ranks", neighbours.ranks}, {"processors", neighbours.processors}}}};
  }

  json MadeSince(const memory::Made& before, std::int64_t held_before) const {
    return {{"buffers", ledger_.made().buffers - before.buffers},
            {"bytes", ledger_.made().bytes - before.bytes},
            {"growth_bytes", ledger_.current().TotalWithoutDataset() - held_before}};
  }

  setting::Setting configuration_;
  ranks::MpiExchange* exchange_;
  memory::Ledger ledger_;
  data::Task task_;
  std::vector<std::int32_t> step_samples_;
  MemoryMeter meter_;  // begins when the data are there and before the network is
  std::optional<network::Network> network_;  // never empty but while one replaces another
  std::int64_t step_ = 0;
  memory::Made made_before_steps_;
  std::int64_t held_before_steps_ = 0;
  bool is_trained_ = false;
  bool is_frozen_ = false;
};

json Calibrate() {
  const auto disagreement = machine::CalibrateResidentMemory();
  return {{"disagreement", disagreement ? json(*disagreement) : json()}};
}

void ServeYardstick(int most_threads, LineChannel& channel) {
  machine::Yardstick yardstick(machine::BandwidthArrayBytes(most_threads));
  while (const auto request = channel.Receive()) {
    channel.Send(machine::ToJson(yardstick.Measure(request->at("threads"))));
  }
}

void ServeNetwork(const json& argument, Requests& requests) {
  setting::Setting configuration = setting::FromJson(argument);
  omp_set_dynamic(0);
  omp_set_num_threads(configuration.network.threads);
  ranks::MpiExchange* const exchange = requests.exchange();
  if (exchange != nullptr) configuration.network.place.rank = exchange->rank();
  Instance instance(configuration, exchange);
  requests.Answer({{"data_source", instance.data_source()}});
  while (const auto request = requests.Next()) {
    requests.Answer(instance.Answer(*request, requests));
  }
}

void Serve(const json& argument, LineChannel& channel) {
  const std::string role = argument.at(kRoleKey);
  if (role == kLaunchRole) throw std::runtime_error(BecomeLauncher(argument.at("command")));
  if (role == kCalibrationRole) {
    channel.Send(Calibrate());
    return;
  }
  if (role == kYardstickRole) {
    const int threads = argument.at("omp_threads");
    omp_set_dynamic(0);
    omp_set_num_threads(threads);
    ServeYardstick(threads, channel);
    return;
  }
  Requests requests(&channel, nullptr);
  ServeNetwork(argument, requests);
}

}  // namespace

int RunInstance(std::string_view argument) {
  const json parsed = json::parse(argument, nullptr, /*allow_exceptions=*/false);
  const bool is_rank = parsed.is_object() && parsed.value("ranks", 1) > 1;
  return is_rank ? ServeRank(argument, ServeNetwork) : ServeInstance(argument, Serve);
}

}  // namespace biasbench::bench
