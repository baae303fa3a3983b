#if NET
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Threading;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace PulseRun.Tests.Shared;

/// <summary>
/// Runs the tests of an assembly in its own process: <c>dotnet PulseRun.Core.Tests.dll run-tests RESULT [FILTER]</c>. build.ps1 starts each suite
/// in this way, because <c>dotnet test</c> starts two more processes and reports each test to them, which takes a second of a processor for each suite.
/// </summary>
internal static class TestRun
{
    /// <summary>The first argument of a program that runs its tests.</summary>
    public const string Command = "run-tests";

    /// <summary>Runs the tests of the assembly that was started. Writes the counts to a file, as JSON, and ends the process: 0 when no test failed.</summary>
    /// <param name="arguments">The command, the result file, and optionally a filter (see <see cref="TestFilter"/>).</param>
    public static int Main(string[] arguments)
    {
        if (arguments.Length is not (2 or 3) || arguments[0] != Command)
        {
            Console.Error.WriteLine("Arguments: " + Command + " RESULT [FILTER]");
            return 2;
        }
        var assembly = Assembly.GetExecutingAssembly();
        string file = Path.GetFullPath(arguments[1]);
        // As dotnet test does it.
        Environment.CurrentDirectory = AppContext.BaseDirectory;
        var clock = Stopwatch.StartNew();
        using var results = new Results(Console.Out);
        using (var framework = new BoundedTestFramework(new NullSink()))
        {
            List<IXunitTestCase> cases = Discover(framework, assembly, arguments.Length == 3 ? TestFilter.Parse(arguments[2]) : TestFilter.All);
            if (cases.Count > 0)
            {
                using ITestFrameworkExecutor executor = framework.GetExecutor(assembly.GetName());
                executor.RunTests(cases, results, new Options());
                results.Wait();
            }
        }
        results.Write(file, assembly.GetName().Name!, clock.Elapsed);
        // Threads that tests have left must not keep the process.
        Environment.Exit(results.HasFailed ? 1 : 0);
        return 0;
    }

    private static List<IXunitTestCase> Discover(BoundedTestFramework framework, Assembly assembly, TestFilter filter)
    {
        using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        using var found = new Discovery();
        discoverer.Find(includeSourceInformation: false, found, new Options());
        found.Wait();
        return found.Cases.Where(one => filter.Matches(one.TestMethod.TestClass.Class.Name + "." + one.TestMethod.Method.Name)).Cast<IXunitTestCase>().ToList();
    }

    /// <summary>Has no option, so that the defaults and the attributes of the assembly decide.</summary>
    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = [];

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out object? value) && value is TValue typed ? typed : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }

    private sealed class NullSink : LongLivedMarshalByRefObject, IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message) => true;
    }

    private sealed class Discovery : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        private readonly ManualResetEventSlim _done = new();

        public List<ITestCase> Cases { get; } = [];

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is ITestCaseDiscoveryMessage found)
                Cases.Add(found.TestCase);
            else if (message is IDiscoveryCompleteMessage)
                _done.Set();
            return true;
        }

        public void Wait() => _done.Wait();

        public void Dispose() => _done.Dispose();
    }

    /// <summary>Counts the results, and writes failures to a text.</summary>
    internal sealed class Results(TextWriter output) : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        private readonly ManualResetEventSlim _done = new();
        private readonly List<string> _names = [];
        private readonly List<string> _methods = [];
        private bool _hasFailedOutside;
        private int _passed;
        private int _skipped;

        public bool HasFailed => _names.Count > 0;

        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestPassed:
                    _passed++;
                    break;
                case ITestSkipped:
                    _skipped++;
                    break;
                case ITestFailed failed:
                    _methods.Add(failed.TestClass.Class.Name + "." + failed.TestMethod.Method.Name);
                    Fail(failed.Test.DisplayName, failed, failed.Output);
                    break;
                case IErrorMessage error:
                    FailOutside("outside of a test", error);
                    break;
                case ITestAssemblyCleanupFailure error:
                    FailOutside("after the tests", error);
                    break;
                case ITestCollectionCleanupFailure error:
                    FailOutside(error.TestCollection.DisplayName, error);
                    break;
                case ITestClassCleanupFailure error:
                    FailOutside(error.TestClass.Class.Name, error);
                    break;
                case ITestMethodCleanupFailure error:
                    FailOutside(error.TestMethod.Method.Name, error);
                    break;
                case ITestCaseCleanupFailure error:
                    FailOutside(error.TestCase.DisplayName, error);
                    break;
                case ITestCleanupFailure error:
                    FailOutside(error.Test.DisplayName, error);
                    break;
                case ITestAssemblyFinished:
                    _done.Set();
                    break;
            }
            return true;
        }

        public void Wait() => _done.Wait();

        public void Write(string file, string name, TimeSpan time)
        {
            using (FileStream stream = File.Create(file))
            using (var json = new Utf8JsonWriter(stream))
            {
                json.WriteStartObject();
                json.WriteNumber("Passed", _passed);
                json.WriteNumber("Failed", _names.Count);
                json.WriteNumber("Skipped", _skipped);
                WriteList(json, "Names", _names);
                // A second run of the tests that failed would not show again what failed outside of a test.
                WriteList(json, "Retry", _hasFailedOutside ? [] : _methods.Distinct(StringComparer.Ordinal));
                json.WriteEndObject();
            }
            output.WriteLine(FormattableString.Invariant($"{(HasFailed ? "Failed!" : "Passed!")}  - Failed: {_names.Count}, Passed: {_passed}, Skipped: {_skipped}, Total: {_passed + _names.Count + _skipped}, Duration: {time.TotalSeconds:0} s - {name}"));
        }

        public void Dispose() => _done.Dispose();

        private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> texts)
        {
            json.WriteStartArray(name);
            foreach (string text in texts)
                json.WriteStringValue(text);
            json.WriteEndArray();
        }

        private static bool IsAssertion(string? type) => type?.StartsWith("Xunit.Sdk.", StringComparison.Ordinal) ?? true;

        private void FailOutside(string name, IFailureInformation failure)
        {
            _hasFailedOutside = true;
            Fail(name, failure, "");
        }

        private void Fail(string name, IFailureInformation failure, string written)
        {
            string message = string.Join("\n", failure.Messages.Zip(failure.ExceptionTypes, static (text, type) => IsAssertion(type) ? text : type + " : " + text));
            _names.Add(name + ": " + string.Join(" ", message.Split('\n').Take(3).Select(static line => line.Trim())));
            output.WriteLine("  Failed " + name + "\n" + message + "\n" + string.Join("\n", failure.StackTraces) + (written.Length > 0 ? "\n" + written : "") + "\n");
        }
    }
}
#endif
