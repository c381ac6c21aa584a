#!/usr/bin/env perl
# Makes printable.inc, the code points that the original's Go release (Unicode 10.0) prints
# unescaped: letters, marks, numbers, punctuation, symbols and the ASCII space. Make it again with
#
#     perl printable.pl > printable.inc
#
# Any perl whose Unicode is 10.0 or later gives the same bytes: newer code points are left out by
# their age.
use strict;
use warnings;

my ($first, $last);
my @ranges;
for my $rune (0 .. 0x10ffff) {
    next if $rune >= 0xd800 && $rune <= 0xdfff;
    my $c = chr $rune;
    no warnings 'nonchar';
    my $visible = $c =~ /[\p{L}\p{M}\p{N}\p{P}\p{S}]/ && $c =~ /\p{Present_In: 10.0}/;
    next unless $visible || $rune == 0x20;
    if (defined $last && $rune == $last + 1) {
        $last = $rune;
        next;
    }
    push @ranges, [$first, $last] if defined $first;
    ($first, $last) = ($rune, $rune);
}
push @ranges, [$first, $last];

print "/* Made by printable.pl; not edited by hand. */\n";
while (my @row = splice @ranges, 0, 4) {
    print join(' ', map { sprintf '{0x%04x, 0x%04x},', @$_ } @row), "\n";
}
