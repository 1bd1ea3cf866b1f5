#include "core/crypto/rsa_check.h"

#include <openssl/bn.h>

#include <cstdint>
#include <memory>
#include <new>
#include <numeric>
#include <vector>

namespace mailca::crypto {
namespace {

constexpr unsigned kSmallFactorLimit = 752;  // D8
constexpr int kMaxExponentBits = 256;        // D8: below 2^256
constexpr int kFermatRounds = 100;           // TLS BR 6.1.1.3, by D13

struct Free {
    void operator()(BIGNUM* number) const { ::BN_free(number); }
    void operator()(BN_CTX* context) const { ::BN_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, Free>;
using Context = std::unique_ptr<BN_CTX, Free>;

// Every call of BN fails only for want of memory, or on a division by zero, which this file never makes.
void must(int outcome) {
    if (outcome != 1) throw std::bad_alloc();
}

Number number(BN_ULONG value = 0) {
    Number out(::BN_new());
    if (!out) throw std::bad_alloc();
    must(::BN_set_word(out.get(), value));
    return out;
}

Number numberOf(ByteView bigEndian) {
    Number out(::BN_bin2bn(bigEndian.data(), static_cast<int>(bigEndian.size()), nullptr));
    if (!out) throw std::bad_alloc();
    return out;
}

bool isPrime(unsigned small) {
    for (unsigned divisor = 2; divisor * divisor <= small; ++divisor) {
        if (small % divisor == 0) return false;
    }
    return small >= 2;
}

// The largest x with x^k <= n, by Newton's method from above (Cohen, A Course in Computational Algebraic Number
// Theory, 1.7.1).
Number root(const BIGNUM* n, unsigned k, BN_CTX* context) {
    Number x = number(1);
    must(::BN_lshift(x.get(), x.get(), ::BN_num_bits(n) / static_cast<int>(k) + 1));
    const Number exponent = number(k - 1);
    Number power = number();
    Number next = number();
    const Number scaled = number();
    while (true) {  // next = (n / x^(k-1) + (k-1) x) / k
        must(::BN_exp(power.get(), x.get(), exponent.get(), context));
        must(::BN_div(next.get(), nullptr, n, power.get(), context));
        must(::BN_mul(scaled.get(), x.get(), exponent.get(), context));
        must(::BN_add(next.get(), next.get(), scaled.get()));
        ::BN_div_word(next.get(), k);
        if (::BN_cmp(next.get(), x.get()) >= 0) return x;
        x.swap(next);
    }
}

unsigned powerModulo(unsigned base, unsigned exponent, unsigned prime) {
    std::uint64_t out = 1, square = base;
    for (; exponent > 0; exponent >>= 1) {
        if ((exponent & 1U) != 0) out = out * square % prime;
        square = square * square % prime;
    }
    return static_cast<unsigned>(out);
}

// A k-th power is one modulo every prime; modulo q = 1 (mod k) only every k-th number is. Rules out nearly everything
// at a thousandth of the cost of a root.
bool mayBePower(const BIGNUM* n, unsigned k) {
    constexpr int kPrimes = 12;
    const unsigned step = k == 2 ? 2 : 2 * k;
    int tried = 0;
    for (unsigned prime = step + 1; tried < kPrimes; prime += step) {
        if (!isPrime(prime)) continue;
        ++tried;
        const auto rest = static_cast<unsigned>(::BN_mod_word(n, prime));
        if (rest != 0 && powerModulo(rest, (prime - 1) / k, prime) != 1) return false;
    }
    return true;
}

bool isPower(const BIGNUM* n, unsigned k, BN_CTX* context) {
    if (!mayBePower(n, k)) return false;
    const Number x = root(n, k, context);
    const Number exponent = number(k);
    const Number power = number();
    must(::BN_exp(power.get(), x.get(), exponent.get(), context));
    return ::BN_cmp(power.get(), n) == 0;
}

bool hasSmallFactor(const BIGNUM* n) {
    for (unsigned prime = 3; prime < kSmallFactorLimit; prime += 2) {
        if (isPrime(prime) && ::BN_mod_word(n, prime) == 0) return true;
    }
    return false;
}

// Fermat's test to the base 2 is half of what BN_check_prime costs, and next to no product passes it.
bool isPrime(const BIGNUM* n, BN_CTX* context) {
    const Number exponent = number(), power = number();
    must(::BN_copy(exponent.get(), n) != nullptr ? 1 : 0);
    must(::BN_sub_word(exponent.get(), 1));
    must(::BN_mod_exp_mont_word(power.get(), 2, exponent.get(), n, context, nullptr));
    return ::BN_is_one(power.get()) != 0 && ::BN_check_prime(n, context, nullptr) == 1;
}

bool isPrimePower(const BIGNUM* n, BN_CTX* context) {
    // A base above 2^9 (smaller factors are ruled out before) bounds the exponent.
    const auto largest = static_cast<unsigned>(::BN_num_bits(n)) / 9;
    for (unsigned k = 2; k <= largest; ++k) {
        if (isPrime(k) && isPower(n, k, context)) return true;
    }
    return isPrime(n, context);
}

// n = a^2 - b^2 with a near the square root of n.
bool hasClosePrimes(const BIGNUM* n, BN_CTX* context) {
    const Number a = root(n, 2, context);
    const Number rest = number();
    for (int round = 0; round < kFermatRounds; ++round) {
        must(::BN_add_word(a.get(), 1));
        must(::BN_sqr(rest.get(), a.get(), context));
        must(::BN_sub(rest.get(), rest.get(), n));
        if (isPower(rest.get(), 2, context)) return true;
    }
    return false;
}

// What n is modulo a small prime, as a power of 65537: n = 65537^log there, and 65537^order = 1.
struct Logarithm {
    unsigned order;
    unsigned log;
};

std::optional<Logarithm> logarithmOf(const BIGNUM* n, unsigned prime) {
    const auto wanted = static_cast<unsigned>(::BN_mod_word(n, prime));
    std::optional<unsigned> log;
    unsigned exponent = 0;
    unsigned power = 1;
    do {
        if (power == wanted) log = exponent;
        power = power * (65537 % prime) % prime;
        ++exponent;
    } while (power != 1);
    return log ? std::optional(Logarithm{exponent, *log}) : std::nullopt;
}

// The primes of that library are k M + (65537^a mod M), M the product of the first primes, 167 and below for every size
// of key. So the modulus is a power of 65537 modulo M: one modulo each of those primes, all with the same exponent
// (Nemec et al., The Return of Coppersmith's Attack, section 2).
bool isRoca(const BIGNUM* n) {
    std::vector<Logarithm> logarithms;
    for (unsigned prime = 3; prime <= 167; prime += 2) {
        if (!isPrime(prime)) continue;
        const auto found = logarithmOf(n, prime);
        if (!found) return false;
        for (const Logarithm& other : logarithms) {
            const unsigned common = std::gcd(found->order, other.order);
            if (found->log % common != other.log % common) return false;
        }
        logarithms.push_back(*found);
    }
    return true;
}

}  // namespace

std::string_view explain(RsaFlaw flaw) {
    switch (flaw) {
        case RsaFlaw::EvenExponent:
            return "its public exponent is even";
        case RsaFlaw::SmallExponent:
            return "its public exponent is below 3";
        case RsaFlaw::LargeExponent:
            return "its public exponent has more than 256 bits";
        case RsaFlaw::EvenModulus:
            return "its modulus is even";
        case RsaFlaw::SmallFactor:
            return "its modulus has a factor below 752";
        case RsaFlaw::PrimePower:
            return "its modulus is a prime or a power of one number";
        case RsaFlaw::ClosePrimes:
            return "its primes lie so close together that they are found at once";
        case RsaFlaw::Roca:
            return "it was made by the faulty library of CVE-2017-15361 (ROCA)";
    }
    return "";
}

std::optional<RsaFlaw> findRsaFlaw(ByteView modulus, ByteView exponent) {
    const Number e = numberOf(exponent);
    if (::BN_is_odd(e.get()) == 0) return RsaFlaw::EvenExponent;
    if (::BN_is_one(e.get()) != 0) return RsaFlaw::SmallExponent;
    if (::BN_num_bits(e.get()) > kMaxExponentBits) return RsaFlaw::LargeExponent;

    const Number n = numberOf(modulus);
    if (::BN_is_odd(n.get()) == 0) return RsaFlaw::EvenModulus;
    if (hasSmallFactor(n.get())) return RsaFlaw::SmallFactor;
    const Context context(::BN_CTX_new());
    if (!context) throw std::bad_alloc();
    if (isPrimePower(n.get(), context.get())) return RsaFlaw::PrimePower;
    if (hasClosePrimes(n.get(), context.get())) return RsaFlaw::ClosePrimes;
    if (isRoca(n.get())) return RsaFlaw::Roca;
    return std::nullopt;
}

}  // namespace mailca::crypto
