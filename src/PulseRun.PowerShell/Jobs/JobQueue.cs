using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using PulseRun.Core.Jobs;
using PulseRun.Core.Launch;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Runs the jobs of one command at once, and decides what becomes of their instances when it is cancelled. Its methods are called on the pipeline thread.</summary>
internal sealed class JobQueue
{
    private static readonly TimeSpan s_question = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_cancelLimit = TimeSpan.FromSeconds(60);

    private readonly ConnectedCmdlet _cmdlet;
    private readonly Context _context;
    private readonly Lazy<ILauncher> _launcher;
    private readonly JobRunner _runner;
    private readonly List<LaunchTicket> _tickets = [];

    public JobQueue(ConnectedCmdlet cmdlet, Context context, SshParameters ssh, Func<LaunchOptions> options)
    {
        _cmdlet = cmdlet;
        _context = context;
        _launcher = new Lazy<ILauncher>(() => Libraries.CreateLauncher(context, Stores.Current.Launches, options()));
        _runner = new JobRunner(context, ssh.ClientFor(context), (name, line, isError) => cmdlet.Runner.PostLine(Count > 1 ? "[" + name + "] " + line : line, isError ? "StdErr" : "StdOut", name));
    }

    /// <summary>Gets the number of jobs.</summary>
    public int Count { get; private set; }

    /// <summary>Queues a job. Its result is written in the order of the calls.</summary>
    public void Add(JobSpec spec, int throttle)
    {
        Count++;
        var own = new List<LaunchTicket>();
        if (spec.Ticket is { } first)
        {
            Keep(first);
            spec = spec with
            {
                Again = async (observer, cancel) =>
                {
                    LaunchTicket next = await JobLaunches.AgainAsync(_context, first, observer, cancel).ConfigureAwait(false);
                    Keep(next);
                    return next;
                },
            };
        }
        _cmdlet.Runner.Queue(
            spec.Name,
            (object?)spec.Target?.Source ?? spec.Name,
            throttle,
            (observer, cancel) => _runner.RunAsync(spec, spec.Ticket is null ? null : _launcher.Value, observer, cancel)!,
            () => Written(own));

        void Keep(LaunchTicket ticket)
        {
            lock (_tickets)
            {
                own.Add(ticket);
                _tickets.Add(ticket);
            }
        }
    }

    /// <summary>Ends what is left of a cancelled command, and returns what became of it.</summary>
    /// <param name="onCancel">The choice of the user; null to ask, or to remove where no person can be asked.</param>
    public string? LastWords(JobEnd? onCancel)
    {
        IReadOnlyList<JobRecord> open = _runner.Open;
        JobRecord[] launched = [.. open.Where(static job => job.IntentId is not null)];
        // A job on an instance that existed before leaves the instance alone.
        JobEnd end = launched.Length == 0 ? JobEnd.Keep : onCancel ?? Ask(launched);
        string? words = _runner.Cancel(job => job.IntentId is null ? JobEnd.Keep : end, s_cancelLimit);
        if (_launcher.IsValueCreated)
        {
            lock (_tickets)
                _launcher.Value.Leave([.. _tickets.Where(static ticket => !ticket.IsWritten && ticket.InstanceId is null)]);
        }
        return words;
    }

    private void Written(List<LaunchTicket> tickets)
    {
        lock (_tickets)
        {
            if (tickets.Count == 0)
                return;
            tickets.ForEach(static ticket => ticket.IsWritten = true);
            _launcher.Value.Told([.. tickets.Select(static ticket => ticket.IntentId)]);
        }
    }

    /// <summary>Asks the person at the terminal once. No answer in time removes.</summary>
    private JobEnd Ask(JobRecord[] jobs)
    {
        if (!HostEnvironment.HasTerminal || Console.IsInputRedirected)
            return JobEnd.Remove;
        _cmdlet.Host.UI.WriteLine("Cancelled. [R] Remove " + string.Join(", ", jobs.Select(static job => job.InstanceId)) + " (default, in " + s_question.TotalSeconds.ToString("0", System.Globalization.CultureInfo.InvariantCulture) + " s), or [K] keep?");
        var clock = Stopwatch.StartNew();
        try
        {
            while (clock.Elapsed < s_question)
            {
                if (!Console.KeyAvailable)
                {
                    Thread.Sleep(50);
                    continue;
                }
                switch (Console.ReadKey(intercept: true).Key)
                {
                    case ConsoleKey.K:
                        return JobEnd.Keep;
                    case ConsoleKey.R or ConsoleKey.Enter:
                        return JobEnd.Remove;
                }
            }
        }
        catch (InvalidOperationException)
        {
            // Console.KeyAvailable throws when the process has no keyboard. No answer can come, so the default applies.
        }
        return JobEnd.Remove;
    }
}
