// zlint over many files in one process: every certificate (.der), CRL (.crl) and OCSP response (in a folder ocsp) below
// the folder that is named. A line for each finding of notice or worse, "PATH LEVEL LINT DETAILS", then a line for each
// folder, "LINTED FOLDER COUNT LINTS", LINTS being the results that were neither "not applicable" nor "not effective".
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
	"golang.org/x/crypto/ocsp"
)

type tally struct{ files, lints int }

// Rulebooks of web servers, code signing and EV say nothing of these certificates.
func registry() (lint.Registry, error) {
	return lint.GlobalRegistry().Filter(lint.FilterOptions{IncludeSources: lint.SourceList{
		lint.CABFSMIMEBaselineRequirements, lint.RFC3279, lint.RFC5280, lint.RFC5480, lint.RFC5891, lint.RFC6960,
		lint.RFC8813, lint.Community}})
}

func lintFile(path string, rules lint.Registry) (*zlint.ResultSet, error) {
	der, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if filepath.Base(filepath.Dir(path)) == "ocsp" {
		response, err := ocsp.ParseResponse(der, nil)
		if errors.As(err, new(ocsp.ParseError)) && strings.Contains(err.Error(), "bad number of responses") {
			return nil, nil // x/crypto reads a response to several ids for one certificate only
		}
		if err != nil {
			return nil, err
		}
		return zlint.LintOcspResponseEx(response, rules), nil
	}
	if strings.HasSuffix(path, ".crl") {
		crl, err := x509.ParseRevocationList(der)
		if err != nil {
			return nil, err
		}
		return zlint.LintRevocationListEx(crl, rules), nil
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return zlint.LintCertificateEx(certificate, rules), nil
}

func main() {
	rules, err := registry()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	tallies := map[string]*tally{}
	walk := func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		folder := filepath.Dir(path)
		if tallies[folder] == nil {
			tallies[folder] = &tally{}
		}
		results, err := lintFile(path, rules)
		if err != nil {
			fmt.Println(path, "fatal", "unparsable", err)
			return nil
		}
		if results == nil {
			return nil
		}
		tallies[folder].files++
		for name, result := range results.Results {
			if result.Status >= lint.Pass {
				tallies[folder].lints++
			}
			if result.Status >= lint.Notice {
				fmt.Println(path, result.Status, name, result.Details)
			}
		}
		return nil
	}
	if err := filepath.WalkDir(os.Args[1], walk); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	folders := make([]string, 0, len(tallies))
	for folder := range tallies {
		folders = append(folders, folder)
	}
	sort.Strings(folders)
	for _, folder := range folders {
		fmt.Println("LINTED", folder, tallies[folder].files, tallies[folder].lints)
	}
}
