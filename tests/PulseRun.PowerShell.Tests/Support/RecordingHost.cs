using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>A host that records the lines it would show. It answers prompts with the choice that the test sets, and throws if none is set.</summary>
public sealed class RecordingHost : PSHost
{
    private readonly Screen _screen = new();

    /// <summary>Gets the shown lines, such as those of -WhatIf.</summary>
    public IReadOnlyList<string> Lines => _screen.Lines;

    /// <summary>Gets the prompts that were shown.</summary>
    public IReadOnlyList<string> Questions => _screen.Questions;

    /// <summary>Gets or sets the index of the choice that answers each prompt; null when the host cannot prompt.</summary>
    public int? Answer { get => _screen.Answer; set => _screen.Answer = value; }

    /// <summary>Forgets the lines, the prompts and the answer.</summary>
    public void Clear() => _screen.Clear();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => nameof(RecordingHost);

    public override PSHostUserInterface UI => _screen;

    public override Version Version { get; } = new(1, 0);

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }

    private sealed class Screen : PSHostUserInterface
    {
        private readonly List<string> _lines = [];
        private readonly List<string> _questions = [];

        public IReadOnlyList<string> Lines => _lines;

        public IReadOnlyList<string> Questions => _questions;

        public int? Answer { get; set; }

        public void Clear()
        {
            _lines.Clear();
            _questions.Clear();
            Answer = null;
        }

        public override PSHostRawUserInterface? RawUI => null;

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw CannotAsk();

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            _questions.Add(message);
            return Answer ?? throw CannotAsk();
        }

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw CannotAsk();

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw CannotAsk();

        public override string ReadLine() => throw CannotAsk();

        public override SecureString ReadLineAsSecureString() => throw CannotAsk();

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => _lines.Add(value);

        public override void Write(string value) => _lines.Add(value);

        public override void WriteDebugLine(string message)
        {
        }

        public override void WriteErrorLine(string value)
        {
        }

        public override void WriteLine(string value) => _lines.Add(value);

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        public override void WriteVerboseLine(string message)
        {
        }

        public override void WriteWarningLine(string message)
        {
        }

        private static HostException CannotAsk() => new("This host cannot prompt.");
    }
}
