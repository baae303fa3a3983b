using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Contracts;
using PulseRun.Launching;
using Xunit;

namespace PulseRun.Tests.Launching;

public class LaunchMatcherTests
{
    private static readonly DateTimeOffset s_sent = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly LaunchRequest s_request = new() { Gpu = "h100_80gb", Template = "pytorch", Region = "us", Provider = "auto" };

    private static LaunchIntent Intent(int number = 1, double sentAfter = 0, LaunchRequest? request = null) =>
        new(new Guid(number, 0, 0, new byte[8]), request ?? s_request, s_sent.AddSeconds(sentAfter));

    private static Instance Listed(
        string id, double? createdAfter = 1, string? gpu = "h100_80gb", string? template = "pytorch", string? region = "us-east", bool? spot = false, string? provider = "vast_ai", string? status = "provisioning") => new()
        {
            Id = id,
            Gpu = gpu,
            Template = template,
            Region = region,
            Spot = spot,
            Provider = provider,
            Status = status,
            CreatedAt = createdAfter is { } seconds ? s_sent.AddSeconds(seconds) : null,
        };

    private static LaunchScene Scene(bool settled, params Instance[] listed) => new()
    {
        Listed = listed,
        ServerSkew = TimeSpan.Zero,
        Taken = new HashSet<string>(),
        IsSettled = settled,
    };

    private static string Tell(LaunchMatch match) => match.Kind switch
    {
        LaunchMatchKind.Matched => "Matched " + match.Instance!.Id,
        LaunchMatchKind.Ambiguous => "Ambiguous " + string.Join(",", match.Candidates),
        _ => match.Kind.ToString(),
    };

    private static readonly Instance s_old = Listed("old", -60);
    private static readonly LaunchRequest s_anywhere = new() { Gpu = "h100_80gb", Template = "pytorch" };

    /// <summary>What each case gives before the settle time, and after it.</summary>
    private static readonly Dictionary<string, (LaunchScene Scene, string Early, string Settled)> s_table = new()
    {
        ["nothing listed"] = (Scene(false), "NotYet", "NotLaunched"),
        ["only what was there before"] = (Scene(false, s_old), "NotYet", "NotLaunched"),
        ["one match"] = (Scene(false, s_old, Listed("new")), "Matched new", "Matched new"),
        ["one match, listed twice"] = (Scene(false, Listed("new"), Listed("new")), "Matched new", "Matched new"),
        ["already terminated again"] = (Scene(false, Listed("new", status: "terminated")), "Matched new", "Matched new"),
        ["failed"] = (Scene(false, Listed("new", status: "failed")), "Matched new", "Matched new"),
        ["created in the second before"] = (Scene(false, Listed("new", -1.5)), "Matched new", "Matched new"),
        ["another gpu"] = (Scene(false, Listed("new", gpu: "a100_80gb")), "NotYet", "NotLaunched"),
        ["another template"] = (Scene(false, Listed("new", template: "jax")), "NotYet", "NotLaunched"),
        ["spot, not asked for"] = (Scene(false, Listed("new", spot: true)), "NotYet", "NotLaunched"),
        ["another continent"] = (Scene(false, Listed("new", region: "eu-west")), "NotYet", "NotLaunched"),
        ["a place nobody knows"] = (Scene(false, Listed("new", region: "atlantis")), "NotYet", "Ambiguous new"),
        ["no gpu told"] = (Scene(false, Listed("new", gpu: null)), "NotYet", "Ambiguous new"),
        ["no creation time told"] = (Scene(false, Listed("new", null)), "NotYet", "Ambiguous new"),
        ["a match and a doubt"] = (Scene(false, Listed("new"), Listed("odd", null)), "NotYet", "Ambiguous odd,new"),
        ["created long after"] = (Scene(false, Listed("late", 600)), "NotYet", "Ambiguous late"),
        ["created far too late"] = (Scene(false, Listed("other", 3600)), "NotYet", "NotLaunched"),
        ["somebody else's equal launch in the same second"] = (Scene(false, Listed("b"), Listed("a")), "NotYet", "Ambiguous a,b"),
        ["somebody else's, seen before or claimed"] = (Scene(false, Listed("b"), Listed("a")) with { Taken = new HashSet<string> { "a" } }, "Matched b", "Matched b"),
        ["all claimed"] = (Scene(false, Listed("b"), Listed("a")) with { Taken = new HashSet<string> { "a", "b" } }, "NotYet", "NotLaunched"),

        ["a cut list without it"] = (Scene(false, s_old) with { IsComplete = false }, "NotYet", "Ambiguous "),
        ["a cut list with it"] = (Scene(false, Listed("new")) with { IsComplete = false }, "NotYet", "Ambiguous new"),

        ["the server's clock an hour ahead"] = (Scene(false, Listed("new", 3601), Listed("old", 3590)) with { ServerSkew = TimeSpan.FromHours(1) }, "Matched new", "Matched new"),
        ["the server's clock an hour behind"] = (Scene(false, Listed("new", -3599), Listed("old", -3610)) with { ServerSkew = TimeSpan.FromHours(-1) }, "Matched new", "Matched new"),
        ["the server's clock unknown, plausible"] = (Scene(false, Listed("new", 1)) with { ServerSkew = null }, "Matched new", "Matched new"),
        ["the server's clock unknown, and another shortly before"] = (Scene(false, Listed("old", -60), Listed("new", 1)) with { ServerSkew = null }, "NotYet", "Ambiguous old,new"),
        ["the server's clock unknown, created before"] = (Scene(false, Listed("old", -60)) with { ServerSkew = null }, "NotYet", "Ambiguous old"),

        ["an equal launch, both launched"] = (Scene(false, Listed("a"), Listed("b")) with { Rivals = [Intent(2)] }, "NotYet", "Matched a"),
        ["an equal launch, one launched"] = (Scene(false, Listed("a")) with { Rivals = [Intent(2)] }, "NotYet", "Matched a"),
        ["an equal launch, none launched"] = (Scene(false) with { Rivals = [Intent(2)] }, "NotYet", "NotLaunched"),
        ["an equal launch, and somebody else's"] = (Scene(false, Listed("a"), Listed("b"), Listed("c")) with { Rivals = [Intent(2)] }, "NotYet", "Ambiguous a,b,c"),
        ["an equal launch sent later, both launched"] = (Scene(false, Listed("b", 31), Listed("a", 1)) with { Rivals = [Intent(2, 30)] }, "NotYet", "Matched a"),
        ["an equal launch sent later, and only a later instance"] = (Scene(false, Listed("b", 31)) with { Rivals = [Intent(2, 30)] }, "NotYet", "Matched b"),
        ["an equal launch sent after it was created"] = (Scene(false, Listed("a")) with { Rivals = [Intent(2, 60)] }, "Matched a", "Matched a"),
        ["an equal launch sent too late to own one of two"] = (Scene(false, Listed("a"), Listed("b")) with { Rivals = [Intent(2, 60)] }, "NotYet", "Ambiguous a,b"),
        ["an equal launch sent earlier, and only a later instance"] = (Scene(false, Listed("b", 1)) with { Rivals = [Intent(2, -30)] }, "NotYet", "Matched b"),
        ["an equal launch of yesterday"] = (Scene(false, Listed("a")) with { Rivals = [Intent(2, -86400)] }, "Matched a", "Matched a"),
        ["another launch that could own it"] = (Scene(false, Listed("a")) with { Rivals = [Intent(2, request: s_anywhere)] }, "NotYet", "Ambiguous a"),
        ["another launch that could not own it"] = (Scene(false, Listed("a")) with { Rivals = [Intent(2, request: new() { Gpu = "rtx_4090", Template = "pytorch" })] }, "Matched a", "Matched a"),
        ["itself among the open ones"] = (Scene(false, Listed("a")) with { Rivals = [Intent(1)] }, "Matched a", "Matched a"),
    };

    public static TheoryData<string> Cases()
    {
        var cases = new TheoryData<string>();
        foreach (string name in s_table.Keys)
            cases.Add(name);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Match_Case_SaysNoMoreThanIsProven(string name)
    {
        var (scene, early, settled) = s_table[name];
        Assert.Equal(early, Tell(LaunchMatcher.Match(Intent(), scene)));
        Assert.Equal(settled, Tell(LaunchMatcher.Match(Intent(), scene with { IsSettled = true })));
    }

    [Fact]
    public void Match_Matched_TellsByWhat()
    {
        string? byServer = LaunchMatcher.Match(Intent(), Scene(false, Listed("a", 2.5))).MatchedBy;
        Assert.Equal("gpu, template, spot, region and provider, created 2.5 s after it was sent by the server's clock", byServer);
        string? byOurs = LaunchMatcher.Match(Intent(), Scene(false, Listed("a", -1)) with { ServerSkew = null }).MatchedBy;
        Assert.Contains("created 1 s before it was sent by this machine's clock", byOurs, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_Ambiguous_TellsWhy()
    {
        Assert.Equal("the list was cut", LaunchMatcher.Match(Intent(), Scene(true) with { IsComplete = false }).Why);
        Assert.Equal("more instances fit than were launched from here", LaunchMatcher.Match(Intent(), Scene(true, Listed("a"), Listed("b"))).Why);
    }

    [Fact]
    public void Unclaimed_Journal_LeavesOutWhatCannotOwn()
    {
        LaunchRecord Record(OwnerState owner, bool sent = true, string? claimed = null, LaunchOutcome? outcome = null) => new()
        {
            IntentId = Guid.NewGuid(),
            Request = s_request,
            RequestedAt = s_sent,
            SentAt = sent ? s_sent.AddSeconds(1) : null,
            InstanceId = claimed,
            Outcome = outcome,
            OwnerState = owner,
        };
        var open = LaunchIntent.Unclaimed(
        [
            Record(OwnerState.Released), Record(OwnerState.Dead), Record(OwnerState.Alive), Record(OwnerState.Elsewhere),
            Record(OwnerState.Dead, sent: false), Record(OwnerState.Dead, claimed: "a"), Record(OwnerState.Dead, outcome: LaunchOutcome.NotLaunched),
        ]);
        Assert.Equal(4, open.Count);
        Assert.All(open, intent => Assert.Equal(s_sent.AddSeconds(1), intent.SentAt));
    }

    /// <summary>
    /// Equal launches at once, in any processes, which know of each other only what journal and claims tell. Some are answered, some end in doubt, some never launched, and the list lags.
    /// As many are reported as there are instances: none is lost, none is claimed twice.
    /// </summary>
    [Fact]
    public void Match_OwnEqualLaunches_EndWithOneInstanceEach()
    {
        var random = new Random(5);
        for (int run = 0; run < 4000; run++)
        {
            var all = Enumerable.Range(1, random.Next(1, 9)).Select(number => new Simulated(number, random)).ToList();
            var claimed = new HashSet<string>();
            while (all.Where(one => one.Next is not null).OrderBy(one => one.Next).FirstOrDefault() is { } actor)
            {
                double now = actor.Next!.Value;
                if (actor.IsAnswered && claimed.Add(actor.Instance!.Id))
                {
                    actor.Close();
                    continue;
                }
                if (!actor.IsInDoubt)
                {
                    actor.Doubt(now);
                    continue;
                }

                var listed = all.Where(one => one.Instance is not null && one.VisibleAt <= now).Select(one => one.Instance!).ToArray();
                var rivals = all.Where(one => one.IsOpen && one.SentAt <= now).Select(one => one.Intent).ToList();
                var match = LaunchMatcher.Match(actor.Intent, Scene(actor.IsLastLook, listed) with { Rivals = rivals, Taken = claimed });
                Assert.NotEqual(LaunchMatchKind.Ambiguous, match.Kind);
                if (match.Kind == LaunchMatchKind.Matched)
                    Assert.True(claimed.Add(match.Instance!.Id));
                if (match.Kind == LaunchMatchKind.NotYet)
                    actor.LookAgain();
                else
                    actor.Close();
            }
            Assert.Equal(all.Where(one => one.Instance is not null).Select(one => one.Instance!.Id).OrderBy(id => id), claimed.OrderBy(id => id));
        }
    }

    private sealed class Simulated
    {
        private readonly Queue<double> _looks = new();

        public Simulated(int number, Random random)
        {
            SentAt = random.Next(4) == 0 ? 0 : random.NextDouble() * 40;
            double answeredAt = SentAt + random.NextDouble() * 30;
            Next = answeredAt;
            Intent = LaunchMatcherTests.Intent(number, SentAt);
            if (random.Next(4) == 0)
                return;

            // A launch whose request timed out may be done after that.
            IsAnswered = random.Next(2) == 0;
            double createdAt = SentAt + random.NextDouble() * (answeredAt - SentAt + (IsAnswered ? 0 : 5));
            VisibleAt = createdAt + random.NextDouble() * 9;
            Instance = Listed("i" + number, createdAt);
        }

        public LaunchIntent Intent { get; }

        public Instance? Instance { get; }

        public double SentAt { get; }

        public double VisibleAt { get; }

        public double? Next { get; private set; }

        public bool IsAnswered { get; private set; }

        public bool IsInDoubt { get; private set; }

        public bool IsOpen => Next is not null;

        public bool IsLastLook => _looks.Count == 0;

        public void Doubt(double now)
        {
            (IsAnswered, IsInDoubt) = (false, true);
            foreach (var look in LaunchSchedule.Looks(LaunchSchedule.DefaultSettle, TimeSpan.Zero))
                _looks.Enqueue(now + look.TotalSeconds);
            LookAgain();
        }

        public void LookAgain() => Next = _looks.Dequeue();

        public void Close() => Next = null;
    }
}
