// Peers on libtorch, all in the form with one learning rate (framework_form.h):
//   libtorch_default      libtorch, idiomatic: modules, autograd, SGD and zero_grad, which in this
//                         version keeps the gradients and fills them with zeros
//   libtorch_set_to_none  the same, but gradients are freed before each step
//   libtorch_fast         no autograd: tensors made once, in huge pages, and addmm_ straight into
//                         the weights
#include <fmt/format.h>
#include <torch/torch.h>

#include <fstream>

#include "bench/peers/framework_form.h"
#include "bench/peers/peer.h"
#include "memory/tracked_buffer.h"

namespace biasbench::bench::peers {
namespace {

using memory::Category;

torch::Tensor View(float* data, std::int64_t rows, std::int64_t columns) {
  return torch::from_blob(data, {rows, columns});
}

// Tensors (batch, inputs) and (batch) on the samples in place.
torch::Tensor Inputs(const data::Dataset& batch) {
  return View(batch.values.data(), batch.samples, batch.inputs);
}
torch::Tensor Labels(const data::Dataset& batch) {
  return torch::from_blob(batch.labels.data(), {batch.samples}, torch::kInt32).to(torch::kInt64);
}

class AutogradPeer final : public Peer {
 public:
  AutogradPeer(const PeerSetting& setting, const data::Dataset& batch, bool frees_gradients)
      : frees_gradients_(frees_gradients),
        inputs_(Inputs(batch)),
        labels_(Labels(batch)),
        hidden_(setting.shape.inputs, setting.shape.hidden),
        output_(setting.shape.hidden, setting.shape.outputs),
        network_(hidden_, torch::nn::ReLU(), output_),
        optimizer_(network_->parameters(), LearningRate(setting.shape)) {
    const torch::NoGradGuard no_gradient;
    DrawFrameworkHiddenWeights(setting, setting.shape.inputs, hidden_->weight.data_ptr<float>());
    DrawFrameworkOutputWeights(setting, setting.shape.hidden, output_->weight.data_ptr<float>());
    hidden_->bias.zero_();
    output_->bias.zero_();
  }

  double Step() override {
    if (frees_gradients_) {
      for (torch::Tensor& parameter : network_->parameters()) parameter.mutable_grad().reset();
    } else {
      optimizer_.zero_grad();
    }
    const torch::Tensor loss =
        torch::nn::functional::cross_entropy(network_->forward(inputs_), labels_);
    loss.backward();
    optimizer_.step();
    return loss.item<double>();
  }

 private:
  bool frees_gradients_;
  torch::Tensor inputs_;
  torch::Tensor labels_;
  torch::nn::Linear hidden_;
  torch::nn::Linear output_;
  torch::nn::Sequential network_;
  torch::optim::SGD optimizer_;
};

class FastPeer final : public Peer {
 public:
  FastPeer(const PeerSetting& setting, const data::Dataset& batch, memory::Ledger& ledger)
      : rate_(LearningRate(setting.shape)),
        inputs_(Inputs(batch)),
        labels_(Labels(batch)),
        targets_(torch::one_hot(labels_, setting.shape.outputs).to(torch::kFloat)),
        hidden_weights_(ledger, Category::kHiddenWeights,
                        setting.shape.hidden * setting.shape.inputs),
        output_weights_(ledger, Category::kOutputWeights,
                        setting.shape.outputs * setting.shape.hidden),
        activations_(ledger, Category::kActivations, setting.shape.batch * setting.shape.hidden),
        deltas_(ledger, Category::kDeltas, setting.shape.batch * setting.shape.hidden),
        w1_(View(hidden_weights_.data(), setting.shape.hidden, setting.shape.inputs)),
        w2_(View(output_weights_.data(), setting.shape.outputs, setting.shape.hidden)),
        b1_(torch::zeros(setting.shape.hidden)),
        b2_(torch::zeros(setting.shape.outputs)),
        phi_(View(activations_.data(), setting.shape.batch, setting.shape.hidden)),
        delta_(View(deltas_.data(), setting.shape.batch, setting.shape.hidden)) {
    DrawFrameworkHiddenWeights(setting, setting.shape.inputs, hidden_weights_.data());
    DrawFrameworkOutputWeights(setting, setting.shape.hidden, output_weights_.data());
  }

  double Step() override {
    const torch::InferenceMode no_gradient;
    torch::addmm_out(phi_, b1_, inputs_, w1_.t()).relu_();
    const torch::Tensor log_probability = torch::addmm(b2_, phi_, w2_.t()).log_softmax(1);
    const torch::Tensor gradient =  // of the mean loss with respect to the outputs
        (log_probability.exp() - targets_) / static_cast<double>(inputs_.size(0));
    torch::mm_out(delta_, gradient, w2_);
    torch::threshold_backward_out(delta_, delta_, phi_, 0);
    w2_.addmm_(gradient.t(), phi_, 1, -rate_);
    w1_.addmm_(delta_.t(), inputs_, 1, -rate_);
    b2_.sub_(gradient.sum(0), rate_);
    b1_.sub_(delta_.sum(0), rate_);
    return torch::nll_loss(log_probability, labels_).item<double>();
  }

 private:
  double rate_;
  torch::Tensor inputs_;
  torch::Tensor labels_;
  torch::Tensor targets_;  // (batch, outputs), 1 at the label
  memory::TrackedBuffer<float> hidden_weights_;
  memory::TrackedBuffer<float> output_weights_;
  memory::TrackedBuffer<float> activations_;
  memory::TrackedBuffer<float> deltas_;
  torch::Tensor w1_;     // (hidden, inputs)
  torch::Tensor w2_;     // (outputs, hidden)
  torch::Tensor b1_;     // (hidden)
  torch::Tensor b2_;     // (outputs)
  torch::Tensor phi_;    // (batch, hidden)
  torch::Tensor delta_;  // (batch, hidden)
};

// The file of the BLAS behind libtorch's matrix products: chosen by the system, not by the build.
std::string LoadedBlas() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t slash = line.rfind('/');
    if (slash == std::string::npos) continue;
    const std::string file = line.substr(slash + 1);
    for (const char* library : {"libopenblas", "libblis", "libmkl_rt", "libblas"}) {
      if (file.starts_with(library)) return file;
    }
  }
  return "its own";
}

}  // namespace

std::unique_ptr<Peer> MakePeer(const PeerSetting& setting, const data::Dataset& batch,
                               memory::Ledger& ledger) {
  torch::set_num_threads(setting.threads);
  if (setting.peer == "libtorch_fast") return std::make_unique<FastPeer>(setting, batch, ledger);
  const bool frees_gradients = setting.peer == "libtorch_set_to_none";
  return std::make_unique<AutogradPeer>(setting, batch, frees_gradients);
}

std::string LibraryVersion() {
  return fmt::format("libtorch {} (BLAS: {})", TORCH_VERSION, LoadedBlas());
}

}  // namespace biasbench::bench::peers
