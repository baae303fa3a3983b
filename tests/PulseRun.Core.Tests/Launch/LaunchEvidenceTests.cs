using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

/// <summary>Tests when a fit alone proves nothing, because the server never answered, and what makes up for it.</summary>
public class LaunchEvidenceTests
{
    private static readonly DateTimeOffset s_sent = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(30, false, true, true)]
    [InlineData(10.1, false, true, true)]
    [InlineData(10, false, true, false)]
    [InlineData(30, true, true, false)]
    [InlineData(30, false, false, false)]
    public void Evidence_is_needed_after_a_long_time_without_an_answer(double took, bool isAnswered, bool hasEnded, bool isNeeded) =>
        Assert.Equal(isNeeded, LaunchEvidence.IsNeeded(Launch(took, isAnswered, hasEnded)));

    [Theory]
    [InlineData("nothing is known", 0, false, false, false, false)]
    [InlineData("a launch from here an hour before", 60, false, false, false, true)]
    [InlineData("a launch from here some minutes before", 59, false, false, false, false)]
    [InlineData("an old instance of a launch from here is listed, after a restart of the machine", 0, true, false, false, true)]
    [InlineData("another instance is listed", 60, false, true, false, false)]
    [InlineData("another instance was once listed", 60, false, false, true, false)]
    public void The_account_must_be_known_to_be_ours_alone(string what, int minutesBefore, bool isOldListed, bool isOtherListed, bool isOtherInHistory, bool isThere)
    {
        var listed = new List<Instance> { Row("new", 5) };
        var claimed = new HashSet<string>();
        if (isOldListed)
        {
            listed.Add(Row("old", -3600));
            claimed.Add("old");
        }
        if (isOtherListed)
            listed.Add(Row("other", -100_000));
        var numbers = new Dictionary<string, long> { ["new"] = 9 };
        if (isOtherInHistory)
            numbers["gone"] = 3;
        var view = new JournalView([], claimed, numbers) { Launched = minutesBefore > 0 ? [new SteadyTime("boot", TimeSpan.FromMinutes(200 - minutesBefore)), new SteadyTime("another boot", TimeSpan.Zero)] : [] };
        Assert.True(isThere == LaunchEvidence.IsThere(Launch(30, false, true), view, listed), what);
    }

    /// <summary>The time of creation that is certain without evidence, and the one with it, in seconds after the sending. The server's clock is known to 0.4 s.</summary>
    [Theory]
    [InlineData("a connection that was cut", 2.0, 60, 2.4, 3.4)]
    [InlineData("a timeout", 60.0, 60, 60.4, 61.4)]
    [InlineData("a process that was killed", null, 60, 10.4, 61.4)]
    [InlineData("a process with a short timeout that was killed", null, 5, 5.4, 6.4)]
    public void The_time_of_creation_is_bounded_more_closely_in_an_account_that_may_be_shared(string what, double? endedAfter, int timeout, double until, double atMost)
    {
        var record = Launch(endedAfter ?? 0, isAnswered: false, hasEnded: endedAfter is not null).Record with { RequestTimeout = TimeSpan.FromSeconds(timeout) };
        var intent = LaunchIntent.Of(record, (at, _) => new TimeRange(s_sent + at.Since(record.Sent)!.Value, TimeSpan.FromSeconds(-0.4), TimeSpan.FromSeconds(0.4)));
        double[] found = [(intent.Created!.From - s_sent).TotalSeconds, (intent.Created.Until - s_sent).TotalSeconds, (intent.OfOneUser().Created!.Until - s_sent).TotalSeconds];
        Assert.True(found.Select(static one => Math.Round(one, 3)).SequenceEqual([-0.4, until, atMost]), what);
        Assert.Equal(Fit.Maybe, MatchScore.Of(intent, Row("late", Math.Ceiling(until))));
        Assert.Null(LaunchIntent.Of(record, static (_, _) => null).OfOneUser().Created);
    }

    [Fact]
    public void Without_evidence_none_of_the_launches_that_are_matched_together_is_decided()
    {
        LaunchIntent silent = Launch(30, false, true), cut = Launch(0.3, false, true) with { Record = Launch(0.3, false, true).Record with { IntentId = new Guid(2, 0, 0, new byte[8]) } };
        var input = new ReconcileInput { Listed = [Row("a", 0)], Taken = new HashSet<string>(), Open = [], IsFitProof = static intent => !LaunchEvidence.IsNeeded(intent) };
        IReadOnlyList<LaunchMatch> found = LaunchMatcher.Match([new LaunchLook(silent, IsLast: true, IsSettled: true), new LaunchLook(cut, IsLast: true, IsSettled: true)], input);
        Assert.Equal([LaunchMatchKind.Ambiguous, LaunchMatchKind.Ambiguous], found.Select(static one => one.Kind));
        Assert.All(found, static one => Assert.Equal("a", Assert.Single(one.Candidates).Id));
        Assert.Equal(LaunchMatchKind.Matched, LaunchMatcher.Match(new LaunchLook(cut, IsLast: true, IsSettled: true), input).Kind);
        Assert.Equal(LaunchMatchKind.NotLaunched, LaunchMatcher.Match(new LaunchLook(silent, IsLast: true, IsSettled: true), input with { Listed = [] }).Kind);
    }

    private static LaunchIntent Launch(double took, bool isAnswered, bool hasEnded) => new(
        new LaunchRecord
        {
            IntentId = new Guid(1, 0, 0, new byte[8]),
            Request = new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" },
            RequestedAt = s_sent,
            SentAt = s_sent,
            Sent = new SteadyTime("boot", TimeSpan.FromMinutes(200)),
            Ended = hasEnded ? new SteadyTime("boot", TimeSpan.FromMinutes(200) + TimeSpan.FromSeconds(took)) : null,
            IsAnswered = isAnswered,
            OwnerState = OwnerState.Released,
        },
        new CreationWindow(s_sent, s_sent.AddSeconds(took)));

    private static Instance Row(string id, double createdAfter) =>
        new() { Id = id, Gpu = "h100_80gb", Template = "pytorch", Region = "us-east", Provider = "vast_ai", Spot = false, Status = "running", CreatedAt = s_sent.AddSeconds(createdAfter) };
}
