// The certificates that a selection means, found in bounded pieces.
#pragma once

#include "enroll/ra/selection.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

struct Candidate {
    std::int64_t nr;
    ra::SelectedCertificate certificate;
};

struct Candidates {
    std::vector<Candidate> found;  // by ascending nr
    std::int64_t examined;         // every certificate up to this row was looked at
};

// Of the certificates with `after` < nr <= `last` the first that are meant: at most `atMost`, and only as many looked
// at as take some tens of milliseconds.
Result<Candidates> findCandidates(sqlite::Connection& db, const ra::CertificateSelection& selection, std::int64_t after,
                                  std::int64_t last, int atMost);

// The newest certificate's row; 0: there is none.
Result<std::int64_t> newestCertificate(sqlite::Connection& db);

// Those of the service's own parts that are meant by serial number or key; never by what they have in common with
// others.
Result<std::vector<ra::SelectedCertificate>> findServiceCertificates(sqlite::Connection& db,
                                                                     const ra::CertificateSelection& selection);

}  // namespace mailca::store
