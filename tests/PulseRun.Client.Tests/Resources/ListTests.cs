using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Resources;

public class ListTests
{
    [Theory]
    [InlineData("[A,B]")]
    [InlineData("{\"data\":[A,B]}")]
    [InlineData("{\"instances\":[A,B]}")]
    [InlineData("{\"total\":2,\"meta\":{\"x\":[1]},\"data\":[A,B],\"has_more\":false,\"next_cursor\":null,\"next\":\"\"}")]
    [InlineData(" \n {\"next_cursor\":\"\",\"instances\" : [ A , B ] } \n")]
    [InlineData("\uFEFF[A,B]")]
    public async Task Envelope_OfEachKind_IsUnderstood(string body)
    {
        using var rig = new Rig(new Stub(() => Stub.Json(Fill(body))));
        Assert.Equal(["inst_a", "inst_b"], Ids(await rig.ListAsync()));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"data\":[]}")]
    [InlineData("{\"data\":null}")]
    [InlineData("{\"instances\":null,\"x\":1}")]
    public async Task Envelope_Empty_IsAnEmptyList(string body)
    {
        using var rig = new Rig(new Stub(() => Stub.Json(body)));
        Assert.Empty(await rig.ListAsync());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"items\":[A]}")]
    [InlineData("{\"data\":{}}")]
    [InlineData("\"list\"")]
    [InlineData("5 ")]
    [InlineData("<html></html>")]
    [InlineData("nope")]
    [InlineData("")]
    [InlineData("[A]]")]
    [InlineData("[A,,B]")]
    [InlineData("{\"data\":[A],\"next_cursor\":{}}")]
    public async Task Answer_WithoutAList_IsMalformed(string body)
    {
        var stub = new Stub(() => Stub.Json(Fill(body)));
        using var rig = new Rig(stub);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.ListAsync());
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
        Assert.Equal(1, stub.Count);
    }

    [Theory]
    [InlineData("[A,{\"status\":\"running\"},B]")]
    [InlineData("[A,null,B]")]
    [InlineData("{\"data\":[A,[1,[2]],B]}")]
    [InlineData("[A,5,B]")]
    public async Task Entry_WithoutAnId_IsMalformed_AfterTheGoodOnes(string body)
    {
        using var rig = new Rig(new Stub(() => Stub.Json(Fill(body))));
        var rows = new List<Instance>();
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.ListAsync(null, rows.AddRange, rig.Observer, Rig.None));
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
        Assert.Equal(["inst_a", "inst_b"], Ids(rows));
    }

    [Fact]
    public async Task Status_IsSentAndFilteredAgain()
    {
        var stub = new Stub(() => Stub.Json("[" + Samples.Instance("inst_a", "RUNNING") + "," + Samples.Instance("inst_b", "stopped") + "]"));
        using var rig = new Rig(stub);
        Assert.Equal(["inst_a"], Ids(await rig.ListAsync("running")));
        Assert.Equal("/v1/instances?status=running", stub.Requests[0].Path);
    }

    [Fact]
    public async Task Cursor_IsFollowed_AndEscaped()
    {
        var stub = new Stub(() => Stub.Json(Fill("{\"data\":[A],\"next_cursor\":\"a/b&c\"}")), () => Stub.Json(Fill("{\"data\":[B],\"next_cursor\":null}")));
        using var rig = new Rig(stub);
        Assert.Equal(["inst_a", "inst_b"], Ids(await rig.ListAsync("running")));
        Assert.Equal("/v1/instances?status=running&cursor=a%2Fb%26c", stub.Requests[1].Path);
    }

    [Theory]
    [InlineData("/v1/instances?page=2&limit=5")]
    [InlineData("?page=2&limit=5")]
    [InlineData("https://api.test/v1/instances?page=2&limit=5")]
    [InlineData("https://API.test:443/v1/instances?page=2&limit=5")]
    public async Task Next_AtThisServer_IsFollowed(string next)
    {
        var stub = new Stub(() => Stub.Json(Fill("{\"data\":[A],\"next\":\"" + next + "\"}")), () => Stub.Json(Fill("{\"data\":[B]}")));
        using var rig = new Rig(stub);
        Assert.Equal(["inst_a", "inst_b"], Ids(await rig.ListAsync()));
        Assert.Equal("/v1/instances?page=2&limit=5", stub.Requests[1].Path);
        Assert.NotNull(stub.Requests[1].Authorization);
    }

    [Theory]
    [InlineData("\"next\":\"https://evil.test/v1/instances?page=2\"")]
    [InlineData("\"next\":\"http://api.test/v1/instances?page=2\"")]
    [InlineData("\"next\":\"//evil.test/v1/instances\"")]
    [InlineData("\"next\":\"https://api.test:8443/v1/instances\"")]
    [InlineData("\"next\":\"https://me@api.test/v1/instances\"")]
    [InlineData("\"next\":\"\\\\\\\\evil.test\\\\x\"")]
    [InlineData("\"next\":\"page2\"")]
    [InlineData("\"has_more\":true")]
    public async Task List_KnownToBeTruncated_IsIncomplete(string link)
    {
        var stub = new Stub(() => Stub.Json(Fill("{\"data\":[A]," + link + "}")));
        using var rig = new Rig(stub);
        var rows = new List<Instance>();
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.ListAsync(null, rows.AddRange, rig.Observer, Rig.None));
        Assert.Equal(ErrorIds.IncompleteList, error.ErrorId);
        Assert.Equal(["inst_a"], Ids(rows));
        Assert.Equal(1, stub.Count);
    }

    [Fact]
    public async Task Cursor_ThatRepeats_IsIncomplete()
    {
        var stub = new Stub((_, index, _) => Task.FromResult(Stub.Json("{\"data\":[" + Samples.Instance("inst_" + index) + "],\"next_cursor\":\"" + (index % 2) + "\"}")));
        using var rig = new Rig(stub);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.ListAsync());
        Assert.Equal(ErrorIds.IncompleteList, error.ErrorId);
        Assert.Equal(3, stub.Count);
    }

    [Fact]
    public async Task Cursor_WithoutNewRows_IsIncomplete()
    {
        var stub = new Stub((_, index, _) => Task.FromResult(Stub.Json("{\"data\":[],\"next_cursor\":\"" + index + "\"}")));
        using var rig = new Rig(stub);
        Assert.Equal(ErrorIds.IncompleteList, (await Assert.ThrowsAsync<PulseRunException>(() => rig.ListAsync())).ErrorId);
    }

    [Theory]
    [InlineData("{\"data\":[A,{\"id\":\"inst_x")]
    [InlineData("{\"data\":[A")]
    [InlineData("[A,")]
    [InlineData("[A")]
    [InlineData("{\"data\":[A]")]
    [InlineData("{\"data\":[A],\"next_cur")]
    public async Task Json_ThatEndsEarly_IsTriedAgain_ThenIncomplete(string body)
    {
        var stub = new Stub(() => Stub.Json(Fill(body)));
        using var rig = new Rig(stub);
        var rows = new List<Instance>();
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.ListAsync(null, rows.AddRange, rig.Observer, Rig.None));
        Assert.Equal(ErrorIds.IncompleteList, error.ErrorId);
        Assert.Equal(["inst_a"], Ids(rows));
        Assert.Equal(4, stub.Count);
    }

    [Fact]
    public async Task Body_CutMidway_IsReadAgain_WithoutRepeatingRows()
    {
        var stub = new Stub(() => Script.Answer(Fill("[A,B,"), new IOException("cut")), () => Stub.Json(Fill("[A,B,C]")));
        using var rig = new Rig(stub);
        Assert.Equal(["inst_a", "inst_b", "inst_c"], Ids(await rig.ListAsync()));
        Assert.Equal(2, stub.Count);
    }

    [Fact]
    public async Task Body_CutAtOnce_LosesNoRow()
    {
        // The connection is closed before the rows are passed on for lack of further data.
        var stub = new Stub(() => new HttpResponseMessage { Content = new StreamContent(new CutStream(Fill("[A,B,"))) }, () => Stub.Json(Fill("[A,B,C]")));
        using var rig = new Rig(stub);
        Assert.Equal(["inst_a", "inst_b", "inst_c"], Ids(await rig.ListAsync()));
    }

    [Fact]
    public async Task Body_CutForGood_IsIncomplete()
    {
        using var rig = new Rig(new Stub(() => Script.Answer(Fill("[A,B,"), new IOException("cut"))));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.ListAsync());
        Assert.Equal(ErrorIds.IncompleteList, error.ErrorId);
        Assert.Contains("2 instances were read", error.Message);
    }

    [Fact]
    public async Task LaterPage_ThatFails_IsIncomplete()
    {
        using var rig = new Rig(new Stub(() => Stub.Json(Fill("{\"data\":[A],\"next_cursor\":\"2\"}")), () => Stub.Answer(500)));
        Assert.Equal(ErrorIds.IncompleteList, (await Assert.ThrowsAsync<PulseRunException>(() => rig.ListAsync())).ErrorId);
    }

    [Fact]
    public async Task Rows_ComeBeforeTheBodyEnds()
    {
        var script = new Script();
        using var rig = new Rig(new Stub(() => script.AsAnswer()));
        var batches = new List<List<string>>();
        var got = new SemaphoreSlim(0);
        var list = rig.Client.ListAsync(
            null,
            rows =>
            {
                batches.Add(Ids(rows));
                got.Release();
            },
            rig.Observer,
            Rig.None);
        script.Give(Fill("{\"data\":[A,{\"id\":"));
        Assert.True(await got.WaitAsync(TimeSpan.FromSeconds(30)));
        script.Give("\"inst_half\"},");
        Assert.True(await got.WaitAsync(TimeSpan.FromSeconds(30)));
        script.Give(Fill("B,C]}"));
        script.Give("");
        await list;
        Assert.Equal(["inst_a"], batches[0]);
        Assert.Equal(["inst_half"], batches[1]);
        Assert.Equal(["inst_b", "inst_c"], batches.Skip(2).SelectMany(b => b));
    }

    [Fact]
    public async Task Body_InSingleBytes_IsRead()
    {
        string body = Fill("{\"x\":[{\"y\":\"\\u00e9\"}],\"data\":[A,B],\"has_more\":false}");
        using var rig = new Rig(new Stub(() => Script.Answer(body.Select(c => (object)c.ToString()).ToArray())));
        Assert.Equal(["inst_a", "inst_b"], Ids(await rig.ListAsync()));
    }

    [Fact]
    public async Task Rows_ComeInBatchesOfAtMost64_InOrder()
    {
        string body = "[" + string.Join(",", Enumerable.Range(0, 1000).Select(n => Samples.Instance("inst_" + n))) + "]";
        using var rig = new Rig(new Stub(() => Stub.Json(body)));
        var sizes = new List<int>();
        var ids = new List<string>();
        await rig.Client.ListAsync(
            null,
            rows =>
            {
                sizes.Add(rows.Count);
                ids.AddRange(Ids(rows));
            },
            rig.Observer,
            Rig.None);
        Assert.Equal(Enumerable.Range(0, 1000).Select(n => "inst_" + n), ids);
        Assert.All(sizes, s => Assert.InRange(s, 1, 64));
        Assert.InRange(sizes.Count, 16, 17);
    }

    [Fact]
    public async Task Body_ThatStalls_TimesOut()
    {
        var script = new Script();
        script.Give(Fill("[A,"));
        using var rig = new Rig(new Stub(() => script.AsAnswer()));
        var got = new SemaphoreSlim(0);
        var list = rig.Client.ListAsync(null, _ => got.Release(), rig.Observer, Rig.None);
        Assert.True(await got.WaitAsync(TimeSpan.FromSeconds(30)));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.RunClockAsync(Done(list), TimeSpan.FromSeconds(1)));
        Assert.Equal(ErrorIds.RequestTimeout, error.ErrorId);
        Assert.Contains("stalled for 30 s", error.Message);
    }

    [Fact]
    public async Task Receiver_ThatThrows_EndsTheCallWithItsException()
    {
        var stub = new Stub(() => Stub.Json(Fill("[A,B]")));
        using var rig = new Rig(stub);
        var thrown = new InvalidOperationException("mine");
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidOperationException>(() => rig.Client.ListAsync(null, _ => throw thrown, rig.Observer, Rig.None)));
        var io = new IOException("mine too");
        Assert.Same(io, await Assert.ThrowsAsync<IOException>(() => rig.Client.ListAsync(null, _ => throw io, rig.Observer, Rig.None)));
        Assert.Equal(2, stub.Count);
    }

    [Fact]
    public async Task Cancel_EndsTheCall()
    {
        var script = new Script();
        script.Give(Fill("[A,"));
        using var rig = new Rig(new Stub(() => script.AsAnswer()));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Client.ListAsync(null, _ => stop.Cancel(), rig.Observer, stop.Token));
    }

    [Fact]
    public async Task Entry_ThatNeverEnds_IsMalformed()
    {
        string chunk = new('x', 1 << 20);
        var stub = new Stub(() => Script.Answer(new object[] { "[{\"id\":\"inst_1\",\"x\":\"" }.Concat(Enumerable.Repeat((object)chunk, 20)).ToArray()));
        using var rig = new Rig(stub, configure: null);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.ListAsync());
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
        Assert.Contains("4 MB", error.Message);
    }

    [Fact]
    public async Task Body_ThatNeverEnds_IsMalformed()
    {
        byte[] chunk = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"id\":\"a\",\"x\":\"" + new string('x', 1 << 20) + "\"},", 4)));
        var stub = new Stub(() => Script.Answer(new object[] { "[" }.Concat(Enumerable.Repeat((object)chunk, 80)).ToArray()));
        using var rig = new Rig(stub);
        var quiet = new Observer { WantsDebug = false };
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.ListAsync(null, _ => { }, quiet, Rig.None));
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
        Assert.Contains("256 MB", error.Message);
    }

    private sealed class CutStream(string text) : MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))
    {
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Position < Length ? Task.FromResult(Read(buffer, offset, count)) : Task.FromException<int>(new IOException("cut"));

#if NET
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length ? new ValueTask<int>(Read(buffer.Span)) : ValueTask.FromException<int>(new IOException("cut"));
#endif
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    /// <summary>Replaces single capital letters by complete instances.</summary>
    private static string Fill(string body) => Regex.Replace(
        body,
        @"(?<![A-Za-z])[ABC](?![A-Za-z])",
        match => Samples.Instance("inst_" + match.Value.ToLowerInvariant()));

    private static List<string> Ids(IEnumerable<Instance> rows) => rows.Select(r => r.Id).ToList();
}
