using System;
using System.Collections.Generic;
using System.Globalization;
using System.Reflection;
using System.Threading;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace PulseRun.Tests.Shared;

/// <summary>
/// xunit with a time limit for every test. A test that hangs ends its process, with its name: it cannot be ended alone, and
/// without this the whole run would hang with it. Directory.Build.props makes each test assembly use it.
/// </summary>
public sealed class BoundedTestFramework(IMessageSink diagnostics) : XunitTestFramework(diagnostics)
{
    /// <summary>Changes the limit, in seconds.</summary>
    private const string LimitVariable = "PULSERUN_TEST_LIMIT_SEC";

    /// <summary>The time that the runner may take for its results after the last test.</summary>
    private static readonly TimeSpan s_results = TimeSpan.FromMinutes(1);

    /// <summary>Occurs after the last test of an assembly.</summary>
    internal static event EventHandler? Finished;

    /// <summary>The tests that run now, with their limit.</summary>
    internal static TestLimit? Limit { get; private set; }

    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private static TimeSpan Longest() =>
        TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable(LimitVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : 300);

    private static void EndProcess(string message)
    {
        Console.Error.WriteLine(message);
        Console.Error.Flush();
        Environment.FailFast(message);
    }

    private static void EndProcessLater()
    {
        Thread.Sleep(s_results);
        Console.Error.WriteLine("A thread that a test has left kept the process after the last test.");
        Environment.Exit(Environment.ExitCode);
    }

    private sealed class Executor(AssemblyName assemblyName, ISourceInformationProvider sources, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(assemblyName, sources, diagnostics)
    {
        protected override void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            Limit = new TestLimit(TimeProvider.System, Longest(), EndProcess);
            base.RunTestCases(testCases, new Watch(Limit, executionMessageSink), executionOptions);
        }
    }

    /// <summary>Passes every message on, and keeps which tests have started and not finished.</summary>
    private sealed class Watch(TestLimit limit, IMessageSink inner) : LongLivedMarshalByRefObject, IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestStarting starting:
                    limit.Start(starting.Test.DisplayName);
                    break;
                case ITestFinished finished:
                    limit.Finish(finished.Test.DisplayName);
                    break;
                case ITestAssemblyFinished:
                    limit.Dispose();
                    Finished?.Invoke(this, EventArgs.Empty);
                    new Thread(EndProcessLater) { IsBackground = true }.Start();
                    break;
            }
            return inner.OnMessage(message);
        }
    }
}
