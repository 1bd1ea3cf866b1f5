#!/usr/bin/perl
# Mail::DKIM (Debian's libmail-dkim-perl) as a signer and a verifier.
#   dkim.pl sign DOMAIN SELECTOR KEYFILE CANONICALIZATION < MAIL     the signature field
#   dkim.pl verify ZONE MAIL...                                      "pass" or "fail", a line each
use strict;
use warnings;
use Mail::DKIM::PrivateKey;
use Mail::DKIM::Signer;
use Mail::DKIM::Verifier;
use Net::DNS;

my %zone;
{
    no warnings 'redefine';
    *Mail::DKIM::DNS::query = sub {
        my ($name, $type) = @_;
        my $text = $zone{lc $name};
        return () unless defined $text && $type eq 'TXT';
        return (Net::DNS::RR->new(name => $name, type => 'TXT', txtdata => [$text =~ /(.{1,200})/g]));
    };
}

sub fed {
    my ($dkim, $text) = @_;
    $dkim->PRINT($text);
    $dkim->CLOSE;
    return $dkim;
}

sub slurp {
    my ($path) = @_;
    open(my $file, '<:raw', $path) or die "$path: $!";
    local $/;
    return scalar <$file>;
}

my $what = shift @ARGV;
if ($what eq 'sign') {
    my ($domain, $selector, $key, $canonical) = @ARGV;
    binmode STDIN;
    my $mail = do { local $/; <STDIN> };
    my $dkim = Mail::DKIM::Signer->new(Algorithm => 'rsa-sha256', Method => $canonical, Domain => $domain, Selector => $selector,
        Key => Mail::DKIM::PrivateKey->load(File => $key));
    print fed($dkim, $mail)->signature->as_string, "\r\n";
} else {
    my $table = shift @ARGV;
    %zone = map { chomp; my ($name, $text) = split /\t/, $_, 2; (lc $name, $text) } split /\n/, slurp($table);
    for my $path (@ARGV) {
        my $dkim = fed(Mail::DKIM::Verifier->new, slurp($path));
        print $dkim->result eq 'pass' ? "pass\n" : "fail\n";
    }
}
