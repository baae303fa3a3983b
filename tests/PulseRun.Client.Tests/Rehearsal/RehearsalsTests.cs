using System.Threading.Tasks;
using PulseRun.Client.Rehearsal;
using Xunit;

namespace PulseRun.Client.Tests.Rehearsal;

public class RehearsalsTests
{
    /// <summary>Where it runs for real nobody hears of its failure: it would only be slow again.</summary>
    [Fact]
    public async Task Plays_a_list_and_a_stop_to_their_ends() => await Rehearsals.RunAsync();
}
