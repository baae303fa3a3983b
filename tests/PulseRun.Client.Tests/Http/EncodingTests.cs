using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Http;

public class EncodingTests
{
    [Fact]
    public async Task A_compressed_list_is_asked_for_and_read()
    {
        var stub = new Stub(() => Encoded(200, Zip("{\"data\":[" + Samples.Instance() + "," + Samples.Instance("inst_2") + "]}"), "gzip"));
        using var rig = new Rig(stub);
        Assert.Equal(["inst_1", "inst_2"], (await rig.ListAsync()).Select(static one => one.Id));
        Assert.Equal("gzip", string.Join(",", stub.Messages[0].Headers.AcceptEncoding.Select(static one => one.Value)));
    }

    [Fact]
    public async Task A_compressed_object_and_a_compressed_error_are_read()
    {
        var stub = new Stub(() => Encoded(200, Zip(Samples.Instance()), "GZIP"), () => Encoded(422, Zip("{\"detail\":\"no such thing\"}"), "gzip"));
        using var rig = new Rig(stub);
        Assert.Equal("inst_1", (await rig.Client.GetAsync("inst_1", rig.Observer, Rig.None)).Id);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.GetAsync("inst_1", rig.Observer, Rig.None));
        Assert.Contains("no such thing", error.Message);
    }

    [Fact]
    public async Task Identity_is_no_encoding_and_its_length_is_checked()
    {
        using var rig = new Rig(new Stub(() => Encoded(200, Encoding.UTF8.GetBytes(Samples.Instance()), "identity")));
        Assert.Equal("inst_1", (await rig.Client.GetAsync("inst_1", rig.Observer, Rig.None)).Id);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip", "br")]
    public async Task An_encoding_that_was_not_asked_for_is_refused(params string[] encodings)
    {
        using var rig = new Rig(new Stub(() => Encoded(200, Zip(Samples.Instance()), encodings)));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.GetAsync("inst_1", rig.Observer, Rig.None));
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
    }

#if NET
    /// <summary>Not under Mono, whose GZipStream reports such data as an IOException, as a broken connection does.</summary>
    [Fact]
    public async Task What_is_no_gzip_is_refused()
    {
        using var rig = new Rig(new Stub(() => Encoded(200, Encoding.UTF8.GetBytes(Samples.Instance()), "gzip")));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.GetAsync("inst_1", rig.Observer, Rig.None));
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
    }
#endif

    [Fact]
    public async Task A_small_body_that_grows_beyond_the_limit_is_refused()
    {
        byte[] bomb = Zip("{\"id\":\"inst_1\",\"notes\":\"" + new string('x', 20_000_000) + "\"}");
        Assert.True(bomb.Length < 100_000);
        using var rig = new Rig(new Stub(() => Encoded(200, bomb, "gzip")));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.Client.GetAsync("inst_1", rig.Observer, Rig.None));
        Assert.Equal(ErrorIds.MalformedResponse, error.ErrorId);
        Assert.Contains("larger than 4 MB", error.Message);
    }

    private static HttpResponseMessage Encoded(int status, byte[] body, params string[] encodings)
    {
        var response = Stub.Answer(status);
        response.Content = new ByteArrayContent(body);
        foreach (string encoding in encodings)
            response.Content.Headers.ContentEncoding.Add(encoding);
        return response;
    }

    private static byte[] Zip(string text)
    {
        using var zipped = new MemoryStream();
        using (var stream = new GZipStream(zipped, CompressionMode.Compress))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            stream.Write(bytes, 0, bytes.Length);
        }
        return zipped.ToArray();
    }
}
