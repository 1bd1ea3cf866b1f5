// What one cryptographic primitive costs, by OpenSSL alone: CPU time of the calling thread, on every core at once as
// under load. A line each: `name: value ms`.
#include <openssl/evp.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr double kSecondsEach = 0.4;  // a primitive and thread
constexpr int kBatch = 20;
constexpr int kRsaBits = 2048;

struct Free {
    void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;
using Octets = std::vector<unsigned char>;

const Octets kMessage(600, 'm');  // about a JWS, a TBS certificate, the signed headers of a mail

void demand(bool good) {
    if (!good) throw std::runtime_error("OpenSSL refuses a primitive");
}

Octets sign(EVP_PKEY* key, const EVP_MD* digest) {
    const Context context(::EVP_MD_CTX_new());
    demand(::EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) == 1);
    Octets signature(static_cast<std::size_t>(EVP_PKEY_size(key)));
    std::size_t length = signature.size();
    demand(::EVP_DigestSign(context.get(), signature.data(), &length, kMessage.data(), kMessage.size()) == 1);
    signature.resize(length);
    return signature;
}

void verify(EVP_PKEY* key, const EVP_MD* digest, const Octets& signature) {
    const Context context(::EVP_MD_CTX_new());
    demand(::EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1);
    demand(::EVP_DigestVerify(context.get(), signature.data(), signature.size(), kMessage.data(), kMessage.size()) ==
           1);
}

double threadCpu() {
    ::timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double millisecondsOf(const std::function<void()>& work) {
    const double start = threadCpu();
    int count = 0;
    while (threadCpu() - start < kSecondsEach) {
        for (int i = 0; i < kBatch; ++i) work();
        count += kBatch;
    }
    return (threadCpu() - start) * 1e3 / count;
}

void measure(const std::string& name, const std::function<void()>& work) {
    std::vector<double> times(std::max(1u, std::thread::hardware_concurrency()));
    {
        std::vector<std::jthread> threads;
        for (double& time : times) threads.emplace_back([&time, &work] { time = millisecondsOf(work); });
    }
    double sum = 0;
    for (const double time : times) sum += time;
    std::cout << name << ": " << sum / static_cast<double>(times.size()) << " ms\n";
}

void measureKey(const std::string& name, const Key& key, const EVP_MD* digest) {
    demand(key != nullptr);
    const Octets signature = sign(key.get(), digest);
    measure(name + "_sign_ms", [&] { sign(key.get(), digest); });
    measure(name + "_verify_ms", [&] { verify(key.get(), digest, signature); });
}

}  // namespace

int main() {
    measureKey("p256", Key(::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")), ::EVP_sha256());
    measureKey("rsa2048", Key(::EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{kRsaBits})), ::EVP_sha256());
    measureKey("sm2", Key(::EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2")), ::EVP_sm3());
    measureKey("ed25519", Key(::EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")), nullptr);
}
