from statistics import fmean, pstdev

from procs import parent


@parent.on_request
def answer(message):
    if 'histogram' in message:
        return histogram(message['histogram'], message['bins'])
    values = message['describe']
    return {'count': len(values), 'mean': fmean(values), 'deviation': pstdev(values)}


def histogram(values, bins):
    low, high = min(values), max(values)
    width = (high - low) / bins
    counts = [0] * bins
    for value in values:
        counts[min(int((value - low) / width), bins - 1)] += 1
    for n, count in enumerate(counts):
        yield low + n * width, low + (n + 1) * width, count


parent.serve()
