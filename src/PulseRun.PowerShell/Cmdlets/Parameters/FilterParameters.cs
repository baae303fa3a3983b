using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Completion;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>Defines the parameters of cmdlets that filter instances by GPU type, region, provider and template.</summary>
internal sealed class FilterParameters
{
    /// <summary>Only instances with these GPU types, for example h100_80gb. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string[]? Gpu { get; set; }

    /// <summary>
    /// Only instances in these regions, as instances name them, for example us-east or eu-*. The values of a launch (us, eu, asia) are not regions
    /// of instances. Wildcards are allowed.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string[]? Region { get; set; }

    /// <summary>Only instances of these providers, for example vast_ai. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[]? Provider { get; set; }

    /// <summary>Only instances with these templates, for example pytorch. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TemplateCompleter))]
    public string[]? Template { get; set; }

    /// <summary>Returns a filter with the values of these parameters. A cmdlet can add further conditions to it.</summary>
    public InstanceFilter ToFilter() => new InstanceFilter().WithKind(Gpu, Region, Provider, Template);

    /// <summary>Returns a warning for each value that looks like a typing error, given what this process has seen of the account.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="status">The states that the cmdlet filters by.</param>
    public IEnumerable<string> Advise(Context context, string[]? status)
    {
        (CompletionField Field, string[]? Given)[] filters =
            [(CompletionField.Status, status), (CompletionField.Gpu, Gpu), (CompletionField.Region, Region), (CompletionField.Provider, Provider), (CompletionField.Template, Template)];
        return filters.SelectMany(filter => FilterAdvice.For(
            filter.Field,
            (filter.Given ?? []).Where(static one => !string.IsNullOrEmpty(one) && !Patterns.IsPattern(one)),
            Connection.Of(context).Seen.Values(filter.Field),
            KnownNames.Of(filter.Field)));
    }
}
