using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.Core.Tests.Launch;

public class LaunchMatcherTests
{
    private static readonly DateTimeOffset s_sent = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly LaunchRequest s_request = new() { Gpu = "h100_80gb", Template = "pytorch", Region = "us", Provider = "auto" };

    /// <param name="number">The number that the intent id is made from.</param>
    /// <param name="sentAfter">The time of sending, after the start of the test.</param>
    /// <param name="request">The launch request.</param>
    /// <param name="took">The time from sending to the end of the wait for the answer.</param>
    /// <param name="hasClock">True when the server's time is known.</param>
    private static LaunchIntent Intent(int number = 1, double sentAfter = 0, LaunchRequest? request = null, double took = 5, bool hasClock = true) => new(
        new LaunchRecord
        {
            IntentId = new Guid(number, 0, 0, new byte[8]),
            Request = request ?? s_request,
            RequestedAt = s_sent.AddSeconds(sentAfter),
            SentAt = s_sent.AddSeconds(sentAfter),
            OwnerState = OwnerState.Released,
        },
        hasClock ? new CreationWindow(s_sent.AddSeconds(sentAfter), s_sent.AddSeconds(sentAfter + took)) : null);

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

    private static ReconcileInput Scene(params Instance[] listed) => new() { Listed = listed, Taken = new HashSet<string>(), Open = [] };

    private static string Tell(LaunchMatch match) => match.Kind switch
    {
        LaunchMatchKind.Matched or LaunchMatchKind.Ended => match.Kind + " " + match.Instance!.Id,
        LaunchMatchKind.Ambiguous => "Ambiguous " + string.Join(",", match.Candidates),
        _ => match.Kind.ToString(),
    };

    private static readonly Instance s_old = Listed("old", -60);
    private static readonly LaunchRequest s_anywhere = new() { Gpu = "h100_80gb", Template = "pytorch" };

    private static readonly LaunchRequest s_eu = new() { Gpu = "h100_80gb", Template = "pytorch", Region = "eu" };
    private static readonly LaunchRequest s_spot = new() { Gpu = "h100_80gb", Template = "pytorch", Region = "us", Spot = true };

    /// <summary>Lists for each case the result of the last look.</summary>
    private static readonly Dictionary<string, (ReconcileInput Scene, string Expected)> s_table = new()
    {
        ["nothing listed"] = (Scene(), "NotLaunched"),
        ["only what was there long before"] = (Scene(Listed("old", -1000)), "NotLaunched"),
        ["one match, and one that was launched elsewhere in the last hours"] = (Scene(Listed("other", -8900), Listed("new")), "Ambiguous new"),
        ["one match, and one that was launched elsewhere later"] = (Scene(Listed("other", 8900), Listed("new")), "Ambiguous new"),
        ["one match, and one of elsewhere that has ended"] = (Scene(Listed("other", -8900, status: "terminated"), Listed("new")), "Ambiguous new"),
        ["one match, and one of elsewhere under another spelling"] = (Scene(Listed("other", -8900, template: "pytorch-2.4"), Listed("new")), "Ambiguous new"),
        ["one match, and one of elsewhere that was there when it was sent"] = (Scene(Listed("other", -60), Listed("new")) with { WasThereBefore = (_, id) => id == "other" }, "Ambiguous new"),
        ["one match, and one that was launched elsewhere long ago"] = (Scene(Listed("other", -9100), Listed("new")), "Matched new"),
        ["one match, and another kind that was launched elsewhere"] = (Scene(Listed("other", -60, gpu: "rtx_4090"), Listed("new")), "Matched new"),
        ["one match, and one that an earlier launch from here became"] = (Scene(Listed("other", -1000), Listed("new")) with { Taken = new HashSet<string> { "other" } }, "Matched new"),
        ["one match, and one that may be of an earlier launch from here"] = (Scene(Listed("other", -2000), Listed("new")) with { Open = [Intent(2, -2001)] }, "Matched new"),
        ["one match, and one that only may be of an earlier launch from here"] = (Scene(Listed("other", -1000), Listed("new")) with { Open = [Intent(2, -1300)] }, "Ambiguous new"),
        ["one match, and more than earlier launches from here can explain"] = (Scene(Listed("other", -2000), Listed("another", -1999), Listed("new")) with { Open = [Intent(2, -2001)] }, "Ambiguous new"),
        ["what was created a minute before may be it by another clock"] = (Scene(s_old), "Ambiguous old"),
        ["what was there before"] = (Scene(s_old) with { WasThereBefore = (_, id) => id == "old" }, "NotLaunched"),
        ["one match"] = (Scene(Listed("new")), "Matched new"),
        ["one match, and one that may be it by another clock"] = (Scene(s_old, Listed("new")), "Ambiguous old,new"),
        ["one match, listed twice"] = (Scene(Listed("new"), Listed("new")), "Matched new"),
        ["already terminated again"] = (Scene(Listed("new", status: "terminated")), "Ended new"),
        ["failed"] = (Scene(Listed("new", status: "failed")), "Ended new"),
        ["one that has ended and may be it"] = (Scene(Listed("odd", status: "terminated", template: "pytorch-2.4")), "NotLaunched"),
        ["one match, and one that has ended and may be it"] = (Scene(Listed("odd", null, status: "terminated"), Listed("new")), "Matched new"),
        ["one match, and one that has ended and fits as well"] = (Scene(Listed("gone", status: "terminated"), Listed("new")), "Ambiguous gone,new"),
        ["created in the second before, in whole seconds"] = (Scene(Listed("new", -1)), "Matched new"),
        ["created in the second before, and more exactly"] = (Scene(Listed("new", -0.5)), "Ambiguous new"),
        ["created two seconds before"] = (Scene(Listed("new", -2)), "Ambiguous new"),
        ["created three seconds before, by a gateway's clock"] = (Scene(Listed("new", -3)), "Ambiguous new"),
        ["another gpu"] = (Scene(Listed("new", gpu: "a100_80gb")), "NotLaunched"),
        ["the gpu in other words"] = (Scene(Listed("new", gpu: "h100-80gb")), "Ambiguous new"),
        ["another template"] = (Scene(Listed("new", template: "jax")), "NotLaunched"),
        ["the template with a version"] = (Scene(Listed("new", template: "pytorch-2.4")), "Ambiguous new"),
        ["spot, not asked for"] = (Scene(Listed("new", spot: true)), "Ambiguous new"),
        ["another continent"] = (Scene(Listed("new", region: "eu-west")), "NotLaunched"),
        ["an unknown place"] = (Scene(Listed("new", region: "atlantis")), "Ambiguous new"),
        ["no gpu listed"] = (Scene(Listed("new", gpu: null)), "Ambiguous new"),
        ["no creation time listed"] = (Scene(Listed("new", null)), "Ambiguous new"),
        ["a match and a maybe"] = (Scene(Listed("new"), Listed("odd", null)), "Ambiguous odd,new"),
        ["created after its sender had its answer"] = (Scene(Listed("late", 8)), "Ambiguous late"),
        ["created far too late"] = (Scene(Listed("other", 3600)), "NotLaunched"),
        ["an equal launch of another machine in the same second"] = (Scene(Listed("b"), Listed("a")), "Ambiguous a,b"),
        ["one that another launch has claimed"] = (Scene(Listed("b"), Listed("a")) with { Taken = new HashSet<string> { "a" } }, "Matched b"),
        ["all claimed"] = (Scene(Listed("b"), Listed("a")) with { Taken = new HashSet<string> { "a", "b" } }, "NotLaunched"),
        ["launches of other processes are not known"] = (Scene(Listed("new")) with { KnowsAll = false }, "Ambiguous new"),
        ["launches of other processes are not known, nothing listed"] = (Scene() with { KnowsAll = false }, "NotLaunched"),

        ["a cut list without it"] = (Scene(Listed("older", -1000)) with { IsComplete = false }, "Ambiguous "),
        ["a cut list with it"] = (Scene(Listed("new")) with { IsComplete = false }, "Ambiguous new"),

        ["an equal launch, both launched"] = (Scene(Listed("a"), Listed("b")) with { Open = [Intent(2)] }, "Matched a"),
        ["an equal launch, one launched"] = (Scene(Listed("a")) with { Open = [Intent(2)] }, "Matched a"),
        ["an equal launch, none launched"] = (Scene() with { Open = [Intent(2)] }, "NotLaunched"),
        ["an equal launch, and one of another machine"] = (Scene(Listed("a"), Listed("b"), Listed("c")) with { Open = [Intent(2)] }, "Ambiguous a,b,c"),
        ["an equal launch sent later, both launched"] = (Scene(Listed("b", 31), Listed("a", 1)) with { Open = [Intent(2, 30)] }, "Matched a"),
        ["an equal launch sent later, and only a later instance"] = (Scene(Listed("b", 31)) with { Open = [Intent(2, 30)] }, "Ambiguous b"),
        ["an equal launch sent earlier, and only a later instance"] = (Scene(Listed("b", 1)) with { Open = [Intent(2, -30)] }, "Matched b"),
        ["an equal launch of yesterday"] = (Scene(Listed("a")) with { Open = [Intent(2, -86400)] }, "Matched a"),
        ["another launch that could own it"] = (Scene(Listed("a")) with { Open = [Intent(2, request: s_anywhere)] }, "Ambiguous a"),
        ["another launch that could not own it"] = (Scene(Listed("a")) with { Open = [Intent(2, request: new() { Gpu = "rtx_4090", Template = "pytorch" })] }, "Matched a"),
        ["another launch that can own the other one only"] = (Scene(Listed("a"), Listed("b", region: "eu-west")) with { Open = [Intent(2, request: s_eu)] }, "Matched a"),
        ["a spot launch, each listed as asked"] = (Scene(Listed("a"), Listed("b", spot: true)) with { Open = [Intent(2, request: s_spot)] }, "Matched a"),
        ["a spot launch, one instance, which a spot launch may be listed as"] = (Scene(Listed("a")) with { Open = [Intent(2, request: s_spot)] }, "Ambiguous a"),
        ["itself among the open ones"] = (Scene(Listed("a")) with { Open = [Intent(1)] }, "Matched a"),
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
    public void Match_Case_ConcludesOnlyWhatIsProven(string name)
    {
        var (input, expected) = s_table[name];
        Assert.Equal(LaunchMatchKind.NotYet, LaunchMatcher.Match(new LaunchLook(Intent(), IsLast: false, IsSettled: false), input).Kind);
        Assert.Equal(expected, Tell(LaunchMatcher.Match(new LaunchLook(Intent(), IsLast: true, IsSettled: true), input)));
        // While the server may still be working on the launch, its absence from the list proves nothing, and neither does another one's presence.
        string early = Tell(LaunchMatcher.Match(new LaunchLook(Intent(), IsLast: true, IsSettled: false), input));
        Assert.Contains(early, expected == "NotLaunched" ? ["Ambiguous "] : expected[0] is 'M' or 'E' ? ["NotYet"] : new[] { "NotYet", expected });
    }

    /// <summary>An instance that was launched elsewhere makes a match uncertain for 1,000 times as long as the launch was under way: after that, the chance that another one was created in this time is below one in 1,000.</summary>
    [Theory]
    [InlineData(0.5, 7100, false)]
    [InlineData(0.5, 7300, true)]
    [InlineData(30, 33_900, false)]
    [InlineData(30, 34_100, true)]
    [InlineData(100, 103_900, false)]
    [InlineData(100, 104_100, true)]
    public void Match_AfterALaunchFromElsewhere_IsCertainOnlyAfterAThousandTimesItsLength(double took, double secondsBefore, bool isCertain)
    {
        var match = LaunchMatcher.Match(new LaunchLook(Intent(took: took), true, true), Scene(Listed("other", -secondsBefore), Listed("new", 0.5)));
        Assert.Equal(isCertain ? "Matched new" : "Ambiguous new", Tell(match));
        Assert.Equal(isCertain ? null : "such instances were also launched from elsewhere in this account (other)", match.Why);
    }

    /// <summary>Two equal launches from here, of which one did not happen or is not listed yet, and one of elsewhere in the same seconds.</summary>
    [Fact]
    public void Match_WhileAnEqualLaunchIsNotSettled_GivesTheOnlyInstanceToTheOneThatIs()
    {
        LaunchLook settled = new(Intent(1), true, true), early = new(Intent(2), true, IsSettled: false);
        Assert.Equal(["Matched a", "NotYet"], LaunchMatcher.Match([settled, early], Scene(Listed("a"))).Select(Tell));
        // A third may come, and then one of the three is another's.
        Assert.Equal(["NotYet", "NotYet"], LaunchMatcher.Match([settled, early], Scene(Listed("a"), Listed("b"))).Select(Tell));
        Assert.Equal(["NotYet", "NotYet"], LaunchMatcher.Match([early, early with { Intent = Intent(3) }], Scene(Listed("a"))).Select(Tell));
        var input = Scene(Listed("a"), Listed("b")) with { Open = [Intent(2)] };
        Assert.Equal("NotYet", Tell(LaunchMatcher.Match(settled, input with { IsSettled = _ => false })));
        Assert.Equal("Matched a", Tell(LaunchMatcher.Match(settled, input)));
    }

    [Fact]
    public void Match_WithoutTheServersClock_IsNeverCertain()
    {
        var look = new LaunchLook(Intent(hasClock: false), IsLast: true, IsSettled: true);
        Assert.Equal("Ambiguous new", Tell(LaunchMatcher.Match(look, Scene(Listed("new")))));
        Assert.Equal("Ambiguous old", Tell(LaunchMatcher.Match(look, Scene(Listed("old", -100_000)))));
    }

    [Fact]
    public void Match_AnyAndEu_WithOneInEachRegion_AreDecidedTogether()
    {
        LaunchLook any = new(Intent(1, request: s_anywhere), true, true), eu = new(Intent(2, request: s_eu), true, true);
        var input = Scene(Listed("in_us"), Listed("in_eu", region: "eu-west"));
        Assert.Equal(["Matched in_us", "Matched in_eu"], LaunchMatcher.Match([any, eu], input).Select(Tell));
        Assert.Equal(["Matched in_us", "NotLaunched"], LaunchMatcher.Match([any, eu], Scene(Listed("in_us"))).Select(Tell));
        Assert.Equal(["Ambiguous in_eu", "Ambiguous in_eu"], LaunchMatcher.Match([any, eu], Scene(Listed("in_eu", region: "eu-west"))).Select(Tell));
    }

    [Fact]
    public void Match_Matched_ReportsTheProperties() => Assert.Equal(
        "gpu, template, spot, region and provider, created 2.5 s after it was sent by the server's clock",
        LaunchMatcher.Match(new LaunchLook(Intent(), true, true), Scene(Listed("a", 2.5))).MatchedBy);

    [Fact]
    public void Match_Ambiguous_ReportsTheReason()
    {
        var look = new LaunchLook(Intent(), true, true);
        Assert.Equal("the list was cut", LaunchMatcher.Match(look, Scene() with { IsComplete = false }).Why);
        Assert.Equal("more instances fit than were launched from here", LaunchMatcher.Match(look, Scene(Listed("a"), Listed("b"))).Why);
        Assert.Equal("the server may still be working on it", LaunchMatcher.Match(look with { IsSettled = false }, Scene()).Why);
    }

    /// <summary>
    /// Equal launches at the same time, in several processes, which know each other only by the journal and its claims. Some are answered, some have an unknown outcome, some never launch, and the list is out of date.
    /// The number of reported instances equals the number of existing ones: none is lost, and none is claimed twice.
    /// </summary>
    [Fact]
    public void Match_OwnEqualLaunches_EndWithOneInstanceEach()
    {
        var random = new Random(5);
        int unknowns = 0;
        for (int run = 0; run < TestSize.Of(4000, 2000); run++)
        {
            var all = Enumerable.Range(1, random.Next(1, 9)).Select(number => new Simulated(number, random)).ToList();
            var claimed = new HashSet<string>();
            int unknown = 0;
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
                var open = all.Where(one => one.IsOpen && one.SentAt <= now).Select(one => one.Intent).ToList();
                var match = LaunchMatcher.Match(new LaunchLook(actor.Intent, actor.IsLastLook, actor.IsLastLook), Scene(listed) with { Open = open, Taken = claimed });
                if (match.Kind == LaunchMatchKind.Ambiguous)
                    unknown++;
                if (match.Kind == LaunchMatchKind.Matched)
                    Assert.True(claimed.Add(match.Instance!.Id));
                if (match.Kind == LaunchMatchKind.NotYet)
                    actor.LookAgain();
                else
                    actor.Close(staysOpen: match.Kind == LaunchMatchKind.Ambiguous);
            }
            // A launch whose instance was given to an equal launch may stay undecided; it stays open under its own id.
            int left = all.Count(one => one.Instance is not null) - claimed.Count;
            Assert.InRange(left, 0, unknown);
            unknowns += unknown;
        }
        Assert.InRange(unknowns, 0, 3000);
    }

    private sealed class Simulated
    {
        private readonly Queue<double> _looks = new();

        public Simulated(int number, Random random)
        {
            SentAt = random.Next(4) == 0 ? 0 : random.NextDouble() * 40;
            double answeredAt = SentAt + random.NextDouble() * 30;
            Next = answeredAt;
            Intent = LaunchMatcherTests.Intent(number, SentAt, took: answeredAt - SentAt);
            if (random.Next(4) == 0)
                return;

            // A launch whose request timed out may complete later. Then its instance does not fit with certainty.
            IsAnswered = random.Next(2) == 0;
            double createdAt = SentAt + random.NextDouble() * (answeredAt - SentAt + (IsAnswered ? 0 : 1));
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

        public bool IsOpen { get; private set; } = true;

        public bool IsLastLook => _looks.Count == 0;

        public void Doubt(double now)
        {
            (IsAnswered, IsInDoubt) = (false, true);
            _looks.Enqueue(now + 2);
            _looks.Enqueue(now + LaunchOptions.DefaultSettle.TotalSeconds);
            LookAgain();
        }

        public void LookAgain() => Next = _looks.Dequeue();

        public void Close(bool staysOpen = false) => (Next, IsOpen) = (null, staysOpen);
    }
}
