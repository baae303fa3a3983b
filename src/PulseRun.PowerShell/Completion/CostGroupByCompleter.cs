using System.Collections.Generic;
using System.Linq;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers the properties by which costs are grouped.</summary>
internal sealed class CostGroupByCompleter : PulseRunCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offers(CompletionContext completion) => CostGroupBy.Names.Select(static name => (name, name));
}
