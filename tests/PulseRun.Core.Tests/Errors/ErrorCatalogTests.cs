using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Xunit;

namespace PulseRun.Core.Tests.Errors;

public class ErrorCatalogTests
{
    /// <summary>The names of System.Management.Automation.ErrorCategory, which Core must not reference.</summary>
    private static readonly string[] s_categories =
    [
        "NotSpecified", "OpenError", "CloseError", "DeviceError", "DeadlockDetected", "InvalidArgument", "InvalidData", "InvalidOperation", "InvalidResult", "InvalidType", "MetadataError",
        "NotImplemented", "NotInstalled", "ObjectNotFound", "OperationStopped", "OperationTimeout", "SyntaxError", "ParserError", "PermissionDenied", "ResourceBusy", "ResourceExists",
        "ResourceUnavailable", "ReadError", "WriteError", "FromStdErr", "SecurityError", "ProtocolError", "ConnectionError", "AuthenticationError", "LimitsExceeded", "QuotaExceeded", "NotEnabled",
    ];

    private static IEnumerable<string> Ids => typeof(ErrorIds).GetFields(BindingFlags.Public | BindingFlags.Static).Where(id => id.IsLiteral).Select(id => (string)id.GetRawConstantValue()!);

    [Fact]
    public void Kinds_EveryId_HasARow() => Assert.Equal(Ids.OrderBy(id => id, StringComparer.Ordinal), ErrorCatalog.Kinds.Keys.OrderBy(id => id, StringComparer.Ordinal));

    [Fact]
    public void Ids_EqualTheirNames() =>
        Assert.All(typeof(ErrorIds).GetFields(BindingFlags.Public | BindingFlags.Static), field => Assert.Equal(field.Name, field.GetRawConstantValue()));

    [Fact]
    public void Kinds_Categories_Exist() => Assert.All(ErrorCatalog.Kinds, row => Assert.Contains(row.Value.Category, s_categories));

    /// <summary>The text is a cell of a Markdown table.</summary>
    [Fact]
    public void Kinds_EveryOne_SaysWhatItMeans() => Assert.All(ErrorCatalog.Kinds, row =>
    {
        Assert.InRange(row.Value.Means.Length, 15, 130);
        Assert.Matches(@"^[A-Z][^|`\n]*\.$", row.Value.Means);
    });

    [Fact]
    public void Kinds_EveryOne_HasAnAction() => Assert.All(ErrorCatalog.Kinds, row =>
    {
        Assert.InRange(row.Value.RecommendedAction.Length, 20, 300);
        Assert.EndsWith(".", row.Value.RecommendedAction.TrimEnd(), StringComparison.Ordinal);
    });

    /// <summary>The error ids and categories of docs/dev/design.md.</summary>
    [Theory]
    [InlineData(ErrorIds.InstanceNotFound, "ObjectNotFound")]
    [InlineData(ErrorIds.Unauthorized, "AuthenticationError")]
    [InlineData(ErrorIds.Forbidden, "PermissionDenied")]
    [InlineData(ErrorIds.InsufficientBalance, "QuotaExceeded")]
    [InlineData(ErrorIds.InvalidRequest, "InvalidArgument")]
    [InlineData(ErrorIds.Conflict, "InvalidOperation")]
    [InlineData(ErrorIds.CapacityUnavailable, "ResourceUnavailable")]
    [InlineData(ErrorIds.RateLimited, "LimitsExceeded")]
    [InlineData(ErrorIds.ServerError, "ResourceUnavailable")]
    [InlineData(ErrorIds.RequestTimeout, "OperationTimeout")]
    [InlineData(ErrorIds.ConnectionFailed, "ConnectionError")]
    [InlineData(ErrorIds.MalformedResponse, "InvalidData")]
    [InlineData(ErrorIds.IncompleteList, "InvalidResult")]
    [InlineData(ErrorIds.LaunchOutcomeUnknown, "InvalidResult")]
    [InlineData(ErrorIds.WaitTimeout, "OperationTimeout")]
    [InlineData(ErrorIds.TerminalState, "InvalidResult")]
    [InlineData(ErrorIds.NotConnected, "AuthenticationError")]
    [InlineData(ErrorIds.InsecureEndpoint, "SecurityError")]
    [InlineData(ErrorIds.UntrustedServer, "SecurityError")]
    [InlineData(ErrorIds.ContextMismatch, "InvalidOperation")]
    [InlineData(ErrorIds.CostLimitExceeded, "LimitsExceeded")]
    [InlineData(ErrorIds.JournalUnavailable, "WriteError")]
    [InlineData(ErrorIds.InstanceProtected, "PermissionDenied")]
    [InlineData(ErrorIds.StoreUnavailable, "ResourceUnavailable")]
    [InlineData(ErrorIds.MetricsOutage, "ResourceUnavailable")]
    [InlineData(ErrorIds.InvalidSshCommand, "SecurityError")]
    [InlineData(ErrorIds.InvalidJupyterUrl, "SecurityError")]
    [InlineData(ErrorIds.ProgramUnavailable, "NotInstalled")]
    [InlineData(ErrorIds.SshFailed, "ConnectionError")]
    [InlineData(ErrorIds.HostKeyRejected, "SecurityError")]
    [InlineData(ErrorIds.CommandTimeout, "OperationTimeout")]
    public void Of_Id_HasTheDesignedCategory(string id, string category) => Assert.Equal(category, ErrorCatalog.Of(id).Category);
}
