#if NET
using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace PulseRun.Tests.Shared;

public sealed class TestRunTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly TestRun.Results _results = new(TextWriter.Null);

    public void Dispose()
    {
        _results.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public void AFailedTest_FailsTheRun_AndIsNamedWithItsMethod()
    {
        ITest test = Test();
        _results.OnMessage(new TestPassed(test, 0, ""));
        _results.OnMessage(new TestSkipped(test, "not here"));
        Assert.False(_results.HasFailed);
        _results.OnMessage(new TestFailed(test, 0, "", new InvalidOperationException("why")));
        _results.OnMessage(new TestFailed(test, 0, "", new InvalidOperationException("again")));
        Assert.True(_results.HasFailed);
        JsonElement written = Written();
        Assert.Equal([1, 2, 1], new[] { "Passed", "Failed", "Skipped" }.Select(name => written.GetProperty(name).GetInt32()));
        Assert.Equal(["one(1): System.InvalidOperationException : why", "one(1): System.InvalidOperationException : again"], Texts(written, "Names"));
        Assert.Equal([typeof(TestRunTests).FullName + "." + nameof(AFailedTest_FailsTheRun_AndIsNamedWithItsMethod)], Texts(written, "Retry"));
    }

    [Fact]
    public void AFailureOutsideOfATest_FailsTheRun_AndNoSecondRunCanPass()
    {
        ITest test = Test();
        _results.OnMessage(new TestFailed(test, 0, "", new InvalidOperationException("why")));
        _results.OnMessage(new TestClassCleanupFailure([test.TestCase], test.TestCase.TestMethod.TestClass, new IOException("left")));
        JsonElement written = Written();
        Assert.Equal(2, written.GetProperty("Failed").GetInt32());
        Assert.Contains(Texts(written, "Names"), static name => name.Contains("left", StringComparison.Ordinal));
        Assert.Empty(Texts(written, "Retry"));
    }

    private static XunitTest Test()
    {
        var assembly = new TestAssembly(Reflector.Wrap(typeof(TestRunTests).Assembly));
        var type = new TestClass(new TestCollection(assembly, null, "all"), Reflector.Wrap(typeof(TestRunTests)));
        var method = new TestMethod(type, Reflector.Wrap(typeof(TestRunTests).GetMethod(nameof(AFailedTest_FailsTheRun_AndIsNamedWithItsMethod))!));
        return new XunitTest(new XunitTestCase(new NullMessageSink(), TestMethodDisplay.ClassAndMethod, TestMethodDisplayOptions.None, method), "one(1)");
    }

    private JsonElement Written()
    {
        _results.Write(_file, "these tests", TimeSpan.Zero);
        return JsonDocument.Parse(File.ReadAllText(_file)).RootElement;
    }

    private static string[] Texts(JsonElement written, string name) => written.GetProperty(name).EnumerateArray().Select(static one => one.GetString()!).ToArray();
}
#endif
