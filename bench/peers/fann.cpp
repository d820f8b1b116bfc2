// The peer on FANN: fann, one sample a step, one thread, in the form with one learning rate
// (framework_form.h).
//
// FANN has neither softmax cross-entropy nor ReLU's gradient, so two things are done here: FANN's
// target differs from its output by the gradient of our loss, which makes its own error that
// gradient; and between its backward pass and its update the errors of inactive nodes are set to
// zero. (Its piecewise linear function is ReLU below 1, which activations in this form stay far
// below, but its gradient is 1 everywhere.) All products are FANN's.
#include <floatfann.h>

extern "C" {
#include <fann_internal.h>  // takes fann_type from floatfann.h
}

#include <limits>
#include <stdexcept>
#include <vector>

#include "bench/peers/framework_form.h"
#include "bench/peers/peer.h"
#include "network/loss.h"

namespace biasbench::bench::peers {
namespace {

unsigned Unsigned(std::int64_t extent) { return static_cast<unsigned>(extent); }

// Throws std::invalid_argument for what FANN cannot do.
fann* CreateNetwork(const schedule::Shape& shape) {
  const std::int64_t connections =
      (shape.inputs + 1) * shape.hidden + (shape.hidden + 1) * shape.outputs;
  if (connections > std::numeric_limits<unsigned>::max()) {
    throw std::invalid_argument("FANN counts connections in 32 bits");
  }
  fann* network = fann_create_standard(3, Unsigned(shape.inputs), Unsigned(shape.hidden),
                                       Unsigned(shape.outputs));
  if (network == nullptr) throw std::bad_alloc();
  return network;
}

class FannPeer final : public Peer {
 public:
  FannPeer(const PeerSetting& setting, const data::Dataset& batch)
      : batch_(batch),
        network_(CreateNetwork(setting.shape)),
        gradient_(static_cast<std::size_t>(setting.shape.outputs)),
        target_(gradient_.size()) {
    fann_set_activation_function_hidden(network_.get(), FANN_LINEAR_PIECE);
    fann_set_activation_function_output(network_.get(), FANN_LINEAR);
    fann_set_activation_steepness_hidden(network_.get(), 1);
    fann_set_activation_steepness_output(network_.get(), 1);
    fann_set_train_error_function(network_.get(), FANN_ERRORFUNC_LINEAR);
    fann_set_training_algorithm(network_.get(), FANN_TRAIN_INCREMENTAL);
    fann_set_learning_rate(network_.get(), static_cast<float>(LearningRate(setting.shape)));
    // A node's weights end with its bias.
    DrawFrameworkHiddenWeights(setting, setting.shape.inputs + 1, WeightsOf(HiddenLayer()));
    DrawFrameworkOutputWeights(setting, setting.shape.hidden + 1, WeightsOf(OutputLayer()));
  }

  double Step() override {
    const float* outputs = fann_run(network_.get(), batch_.values.data());
    const double loss = network::ComputeLoss(batch_, kOnlySample, outputs, gradient_.data()).loss;
    for (std::size_t o = 0; o < target_.size(); ++o) target_[o] = outputs[o] - gradient_[o];
    fann_compute_MSE(network_.get(), target_.data());
    fann_backpropagate_MSE(network_.get());
    ClearErrorsOfNodesThatAreOff();
    fann_update_weights(network_.get());
    return loss;
  }

 private:
  static constexpr std::int32_t kOnlySample[] = {0};

  struct Destroy {
    void operator()(fann* network) const { fann_destroy(network); }
  };

  const fann_layer& HiddenLayer() const { return network_->first_layer[1]; }
  const fann_layer& OutputLayer() const { return network_->first_layer[2]; }
  float* WeightsOf(const fann_layer& layer) const {
    return network_->weights + layer.first_neuron->first_con;
  }

  void ClearErrorsOfNodesThatAreOff() {
    const fann_neuron* first = network_->first_layer->first_neuron;
    for (const fann_neuron* node = HiddenLayer().first_neuron; node != HiddenLayer().last_neuron;
         ++node) {
      if (node->value <= 0) network_->train_errors[node - first] = 0;
    }
  }

  const data::Dataset& batch_;
  std::unique_ptr<fann, Destroy> network_;
  std::vector<float> gradient_;  // (outputs)
  std::vector<float> target_;    // (outputs)
};

}  // namespace

std::unique_ptr<Peer> MakePeer(const PeerSetting& setting, const data::Dataset& batch,
                               memory::Ledger& /*ledger*/) {
  return std::make_unique<FannPeer>(setting, batch);
}

std::string LibraryVersion() { return "FANN " BIASBENCH_FANN_VERSION " (one thread)"; }

}  // namespace biasbench::bench::peers
